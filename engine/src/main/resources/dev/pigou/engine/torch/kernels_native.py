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

  # Adds to x in place.
  def add_norm(self: __torch__.Step, x: Tensor, delta: Tensor, weight: Tensor) -> Tuple[Tensor, Tensor]:
    h = ops.pigou.add_rms_norm(x, delta, weight, self.eps)
    return (x, h)

  def gate(self: __torch__.Step, gate_up: Tensor) -> Tensor:
    return ops.pigou.silu_mul(gate_up)

  def prepare(self: __torch__.Step, positions: Tensor, groups: List[int]) -> List[Tensor]:
    return annotate(List[Tensor], [])

  def store(self: __torch__.Step, qkv: Tensor, w: List[Tensor], at: int, layer: int, positions: Tensor, slots: Tensor, prepared: List[Tensor]) -> Tensor:
    heads = torch.view(qkv, [-1, self.heads + 2 * self.kv_heads, self.head_dim])
    return ops.pigou.rotate_and_store(heads, self.rope[0], self.rope[1], positions, w[at + 3], w[at + 4], self.eps, slots, self.keys[layer], self.values[layer])

  def attend(self: __torch__.Step, q: Tensor, layer: int, tables: Tensor, sequences: Tensor, groups: List[int], prepared: List[Tensor]) -> Tensor:
    return ops.pigou.paged_attention(q, self.keys[layer], self.values[layer], tables, sequences, self.block_size, self.window * self.windowed[layer])

  def draw(self: __torch__.Step, logits: Tensor, plain: Tensor, cut: Tensor, knobs: Tensor, top_k: Tensor, ids: Tensor) -> Tensor:
    rows = torch.cat([plain, cut])
    none = torch.zeros_like(plain)
    return torch.index_copy(ids, 0, rows, ops.pigou.sample(logits, rows, knobs, torch.cat([none, top_k])))
