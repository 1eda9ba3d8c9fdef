  # ---- kernels: our own operators (native/ops.h says what each takes and refuses) --------------------------------------
  # The same methods as in kernels_aten.py, which says what they are for.

  def pack(self: __torch__.Step, weight: Tensor, format: int) -> Tensor:
    return ops.pigou.pack_linear(weight, format)

  # Zero points of 8 throughout are left out, for without them a product has less to do.
  def pack_quantized(self: __torch__.Step, numbers: Tensor, scales: Tensor, zeros: Tensor) -> Tensor:
    if bool(torch.all(torch.eq(zeros, 8))):
      zeros = torch.new_empty(zeros, [0])
    return ops.pigou.pack_quantized(numbers, scales, zeros)

  def linear(self: __torch__.Step, x: Tensor, w: List[Tensor], at: int) -> Tensor:
    return ops.pigou.linear(x, w[at], w[at + 1], self.widths[at], self.formats[at])

  def norm(self: __torch__.Step, x: Tensor, weight: Tensor) -> Tensor:
    return ops.pigou.rms_norm(x, weight, self.eps)

  def prepare(self: __torch__.Step, positions: Tensor, groups: List[int]) -> List[Tensor]:
    return annotate(List[Tensor], [])

  def store(self: __torch__.Step, x: Tensor, w: List[Tensor], at: int, layer: int, positions: Tensor, slots: Tensor, prepared: List[Tensor]) -> Tensor:
    heads = torch.view((self).linear((self).norm(x, w[at]), w, at + 1), [-1, self.heads + 2 * self.kv_heads, self.head_dim])
    return ops.pigou.rotate_and_store(heads, self.rope[0], self.rope[1], positions, w[at + 3], w[at + 4], self.eps, slots, self.keys[layer], self.values[layer])

  # What `store` does, and the attention after it.
  def attend(self: __torch__.Step, x: Tensor, w: List[Tensor], at: int, layer: int, positions: Tensor, slots: Tensor, tables: Tensor, sequences: Tensor, groups: List[int], prepared: List[Tensor]) -> Tensor:
    return ops.pigou.project_and_attend(x, w[at], w[at + 1], w[at + 2], self.widths[at + 1], self.formats[at + 1], self.rope[0], self.rope[1], positions, w[at + 3], w[at + 4], self.eps, slots, self.keys[layer], self.values[layer], tables, sequences, self.block_size, self.window * self.windowed[layer])

  # Adds to x in place.
  def finish_layer(self: __torch__.Step, x: Tensor, attended: Tensor, w: List[Tensor], at: int) -> Tensor:
    ops.pigou.finish_layer(x, attended, w[at + 5], w[at + 6], self.widths[at + 5], self.formats[at + 5], w[at + 7], w[at + 8], w[at + 9], self.widths[at + 8], self.formats[at + 8], w[at + 10], w[at + 11], self.widths[at + 10], self.formats[at + 10], self.eps)
    return x

  def greedy(self: __torch__.Step, logits: Tensor) -> Tensor:
    return ops.pigou.greedy(logits)

  def draw(self: __torch__.Step, logits: Tensor, plain: Tensor, cut: Tensor, knobs: Tensor, top_k: Tensor, ids: Tensor) -> Tensor:
    rows = torch.cat([plain, cut])
    none = torch.zeros_like(plain)
    return torch.index_copy(ids, 0, rows, ops.pigou.sample(logits, rows, knobs, torch.cat([none, top_k])))
