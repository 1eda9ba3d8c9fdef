
  # ---- a step's way to the device ----------------------------------------------------------------------------------

  # A step whose numbers lie in host memory: int64, `whole` of them, then the bits of float64. To a GPU they go in one
  # copy, from pinned memory, and the host does not wait for it: what the step hands back is the only thing it waits for.
  def run(self: __torch__.Step, numbers: Tensor, whole: int, counts: List[int], groups: List[int]) -> Tensor:
    like = self.weights[0]
    here = numbers
    if like.is_cuda:
      here = torch.to(torch.pin_memory(numbers), like.device, 4, True, False, None)
    reals = torch.view_copy(torch.slice(here, 0, whole), dtype=7)
    return (self).step(torch.slice(here, 0, 0, whole), reals, counts, groups)
