  # ---- kernels: PyTorch's own operators ------------------------------------------------------------------------------
  # Runs wherever PyTorch does, and is what training differentiates.

  # How a matrix is kept that `linear` multiplies by. There is one format here, dense.
  def pack(self: __torch__.Step, weight: Tensor, format: int) -> Tensor:
    return weight

  # The same for a matrix (numbers - zeros) * scales, with a zero point and a scale for each group of inputs.
  def pack_quantized(self: __torch__.Step, numbers: Tensor, scales: Tensor, zeros: Tensor) -> Tensor:
    grouped = torch.view(numbers, [torch.size(scales, 0), torch.size(scales, 1), -1])
    centred = torch.to(grouped, 6, False, False, None) - torch.unsqueeze(zeros, 2)
    weight = torch.reshape(centred * torch.unsqueeze(scales, 2), [torch.size(numbers, 0), torch.size(numbers, 1)])
    return torch.to(weight, self.dtype, False, False, None)

  # x times the matrix at w[at], plus the bias after it. The cast does nothing when serving; in training x is float32 and
  # the weight may not be.
  def linear(self: __torch__.Step, x: Tensor, w: List[Tensor], at: int) -> Tensor:
    x = torch.to(x, w[at].dtype, False, False, None)
    if torch.numel(w[at + 1]) == 0:
      y = torch.linear(x, w[at])
    else:
      y = torch.linear(x, w[at], w[at + 1])
    return y

  def norm(self: __torch__.Step, x: Tensor, weight: Tensor) -> Tensor:
    return torch.rms_norm(x, [torch.size(weight, 0)], weight, self.eps)

  # [n, 2 m] -> [n, m]: what the first half lets through of the second.
  def gate(self: __torch__.Step, gate_up: Tensor) -> Tensor:
    gate, up = torch.chunk(gate_up, 2, -1)
    return torch.silu(gate) * up

  # What follows attention in a layer: output projection, then the gated MLP, each added to the residual stream x.
  def finish_layer(self: __torch__.Step, x: Tensor, attended: Tensor, w: List[Tensor], at: int) -> Tensor:
    x = x + (self).linear(attended, w, at + 5)
    gated = (self).gate((self).linear((self).norm(x, w[at + 7]), w, at + 8))
    return x + (self).linear(gated, w, at + 10)

  # Rotates the halves (j, j + d/2) of x [n, heads, d] by cos, sin [n, 1, d / 2], in float32.
  def rotate(self: __torch__.Step, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = torch.chunk(x, 2, -1)
    turned = torch.cat([a * cos - b * sin, b * cos + a * sin], -1)
    return torch.to(turned, x.dtype, False, False, None)

  # Queries [n, h, d], keys [n, kv, d] and values [n, kv, d] of one layer, rotated, from its qkv [n, (h + 2 kv) d].
  def project(self: __torch__.Step, qkv: Tensor, w: List[Tensor], at: int, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    heads = torch.view(qkv, [torch.size(qkv, 0), self.heads + 2 * self.kv_heads, self.head_dim])
    q = torch.slice(heads, 1, 0, self.heads)
    k = torch.slice(heads, 1, self.heads, self.heads + self.kv_heads)
    v = torch.slice(heads, 1, self.heads + self.kv_heads, self.heads + 2 * self.kv_heads)
    if torch.numel(w[at + 3]) > 0:
      q = (self).norm(q, w[at + 3])
      k = (self).norm(k, w[at + 4])
    return ((self).rotate(q, cos, sin), (self).rotate(k, cos, sin), v)

  # ---- kernels: paged attention ------------------------------------------------------------------------------------

  # Which of `length` slots each of the query `positions` sees: itself and what lies before it, at most `window` far
  # (0: any distance). Shaped [queries, length].
  def visible(self: __torch__.Step, positions: Tensor, length: int, window: int) -> Tensor:
    slot = torch.unsqueeze(torch.arange(length, dtype=4, layout=None, device=positions.device), 0)
    at = torch.unsqueeze(positions, 1)
    mask = torch.le(slot, at)
    if window > 0:
      mask = torch.logical_and(mask, torch.gt(slot, at - window))
    return mask

  # Masks of every attention group (see `hidden`), for layers with or without a sliding window.
  def masks(self: __torch__.Step, groups: List[int], positions: Tensor, window: int) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    at = 0
    for i in range(len(groups) // 4):
      batch, count, blocks, length = groups[4 * i], groups[4 * i + 1], groups[4 * i + 2], groups[4 * i + 3]
      here = torch.slice(positions, 0, at, at + batch * count)
      if count == 1:
        slots = blocks * self.block_size
        out.append(torch.view((self).visible(here, slots, window), [batch, 1, 1, slots]))
      elif count == length and (window == 0 or length <= window):
        out.append(torch.empty([0]))
      else:
        out.append(torch.view((self).visible(here, length, window), [1, 1, count, length]))
      at = at + batch * count
    return out

  # What every layer needs of this step: cos and sin of its positions, [n, 1, d / 2]; then the masks of every group,
  # first without and then with the sliding window.
  def prepare(self: __torch__.Step, positions: Tensor, groups: List[int]) -> List[Tensor]:
    prepared = [torch.unsqueeze(torch.index_select(self.rope[0], 0, positions), 1), torch.unsqueeze(torch.index_select(self.rope[1], 0, positions), 1)]
    prepared.extend((self).masks(groups, positions, 0))
    if self.window > 0:
      prepared.extend((self).masks(groups, positions, self.window))
    return prepared

  # Queries [n, h, d] of one layer, rotated, from the residual stream x; keys and values go to their slots of the pool. A
  # sequence whose numbers overflowed must not spoil the next owner of its blocks: 0 * NaN is NaN even where the mask
  # hides it, so nothing but finite numbers enters the pool.
  def store(self: __torch__.Step, x: Tensor, w: List[Tensor], at: int, layer: int, positions: Tensor, slots: Tensor, prepared: List[Tensor]) -> Tensor:
    qkv = (self).linear((self).norm(x, w[at]), w, at + 1)
    q, k, v = (self).project(qkv, w, at, prepared[0], prepared[1])
    torch.index_copy_(self.keys[layer], 0, slots, torch.nan_to_num(k, 0.))
    torch.index_copy_(self.values[layer], 0, slots, torch.nan_to_num(v, 0.))
    return q

  # Rows of `pool` that the block `table` names, in order: [len(table) * block_size, kv, d].
  def gather(self: __torch__.Step, pool: Tensor, table: Tensor) -> Tensor:
    blocks = torch.view(pool, [-1, self.block_size * self.kv_heads * self.head_dim])
    return torch.view(torch.index_select(blocks, 0, table), [-1, self.kv_heads, self.head_dim])

  # One query token for each of `batch` sequences, their block tables padded to one length. q [batch, h, d], mask
  # [batch, 1, 1, slots]. The g query heads that share a key head are treated as g queries of one head.
  def attend_decode(self: __torch__.Step, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    batch = torch.size(q, 0)
    g = self.heads // self.kv_heads
    kb = torch.transpose(torch.view(k, [batch, -1, self.kv_heads, self.head_dim]), 1, 2)
    vb = torch.transpose(torch.view(v, [batch, -1, self.kv_heads, self.head_dim]), 1, 2)
    qb = torch.reshape(q, [batch, self.kv_heads, g, self.head_dim])
    mb = torch.expand(mask, [batch, 1, g, torch.size(kb, 2)])
    o = torch.scaled_dot_product_attention(qb, kb, vb, mb, 0., False)
    return torch.reshape(o, [batch, self.heads * self.head_dim])

  # `count` query tokens of one sequence against its first `length` slots. The g heads of a key head become a batch
  # dimension over which keys and values are broadcast without a copy. An empty mask means plain causal.
  def attend_chunk(self: __torch__.Step, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    count = torch.size(q, 0)
    length = torch.size(k, 0)
    g = self.heads // self.kv_heads
    whole = [g, self.kv_heads, length, self.head_dim]
    kb = torch.expand(torch.unsqueeze(torch.transpose(k, 0, 1), 0), whole)
    vb = torch.expand(torch.unsqueeze(torch.transpose(v, 0, 1), 0), whole)
    qb = torch.permute(torch.view(q, [count, self.kv_heads, g, self.head_dim]), [2, 1, 0, 3])
    if torch.numel(mask) == 0:
      o = torch.scaled_dot_product_attention(qb, kb, vb, None, 0., True)
    else:
      o = torch.scaled_dot_product_attention(qb, kb, vb, torch.expand(mask, [g, 1, count, length]), 0., False)
    return torch.reshape(torch.permute(o, [2, 1, 0, 3]), [count, self.heads * self.head_dim])

  # What `store` does, then what the queries find, [n, h d]: group after group.
  def attend(self: __torch__.Step, x: Tensor, w: List[Tensor], at: int, layer: int, positions: Tensor, slots: Tensor, tables: Tensor, sequences: Tensor, groups: List[int], prepared: List[Tensor]) -> Tensor:
    q = (self).store(x, w, at, layer, positions, slots, prepared)
    first_mask = 2
    if self.windowed[layer] != 0:
      first_mask = 2 + len(groups) // 4
    parts = annotate(List[Tensor], [])
    token = 0
    entry = 0
    for i in range(len(groups) // 4):
      batch, count, blocks, length = groups[4 * i], groups[4 * i + 1], groups[4 * i + 2], groups[4 * i + 3]
      table = torch.slice(tables, 0, entry, entry + batch * blocks)
      here = torch.slice(q, 0, token, token + batch * count)
      ks = (self).gather(self.keys[layer], table)
      vs = (self).gather(self.values[layer], table)
      mask = prepared[first_mask + i]
      if count == 1:
        parts.append((self).attend_decode(here, ks, vs, mask))
      else:
        parts.append((self).attend_chunk(here, torch.slice(ks, 0, 0, length), torch.slice(vs, 0, 0, length), mask))
      token = token + batch * count
      entry = entry + batch * blocks
    return torch.cat(parts, 0)

  # ---- kernels: sampling -------------------------------------------------------------------------------------------

  # The likeliest token of each row of logits, the first of those that tie; -1 where a logit is not finite.
  def greedy(self: __torch__.Step, logits: Tensor) -> Tensor:
    ids = torch.argmax(logits, 1)
    return torch.where(torch.isfinite(torch.sum(logits, 1)), ids, torch.full_like(ids, -1))

  # `ids` with those of the rows replaced that are drawn at random: `plain` from the whole vocabulary, `cut` from a part
  # of it. knobs: temperature, top_p, min_p, uniform for each of these rows; top_k for each of `cut`.
  def draw(self: __torch__.Step, logits: Tensor, plain: Tensor, cut: Tensor, knobs: Tensor, top_k: Tensor, ids: Tensor) -> Tensor:
    whole = torch.numel(plain)
    if whole > 0:
      ids = torch.index_copy(ids, 0, plain, (self).draw_whole(logits, plain, torch.slice(knobs, 0, 0, whole)))
    if torch.numel(cut) > 0:
      ids = torch.index_copy(ids, 0, cut, (self).draw_cut(logits, cut, torch.slice(knobs, 0, whole), top_k))
    return ids

  # Inverse-CDF sampling of `rows` over the whole vocabulary. One uniform number in (0, 1) a row comes from the host,
  # so a row's draw does not depend on its neighbours.
  def draw_whole(self: __torch__.Step, logits: Tensor, rows: Tensor, knobs: Tensor) -> Tensor:
    warm = torch.to(torch.slice(knobs, 1, 0, 1), 6, False, False, None)
    p = torch.softmax(torch.index_select(logits, 0, rows) / warm, 1)
    return torch.squeeze((self).invert(p, torch.slice(knobs, 1, 3, 4)), 1)

  # Index [rows, 1] of the first entry whose cumulated weight exceeds uniform * total.
  def invert(self: __torch__.Step, p: Tensor, uniform: Tensor) -> Tensor:
    cdf = torch.cumsum(p, 1, dtype=7)
    last = torch.size(p, 1) - 1
    mark = torch.slice(cdf, 1, last) * uniform
    return torch.clamp(torch.searchsorted(cdf, mark, right=True), 0, last)

  # The same among the tokens that min_p, top_k and top_p keep, in that order. The 1024 likeliest are enough almost
  # always; where they are not, the whole vocabulary is sorted.
  def draw_cut(self: __torch__.Step, logits: Tensor, rows: Tensor, knobs: Tensor, top_k: Tensor) -> Tensor:
    warm = torch.to(torch.slice(knobs, 1, 0, 1), 6, False, False, None)
    p = torch.softmax(torch.index_select(logits, 0, rows) / warm, 1)
    vocab = torch.size(p, 1)
    top_p = torch.to(torch.slice(knobs, 1, 1, 2), 6, False, False, None)
    min_p = torch.to(torch.slice(knobs, 1, 2, 3), 6, False, False, None)
    k = torch.unsqueeze(top_k, 1)
    kept = 1024
    if vocab < kept:
      kept = vocab
    best, index = torch.topk(p, kept, 1)
    if kept < vocab:
      least = torch.slice(best, 1, kept - 1)
      by_mass = torch.where(torch.gt(min_p, 0), torch.lt(least, min_p * torch.slice(best, 1, 0, 1)), torch.ge(torch.sum(best, [1], True), top_p))
      enough = torch.where(torch.gt(k, 0), torch.le(k, kept), by_mass)
      if not bool(torch.all(enough)):
        best, index = torch.sort(p, 1, True)
    rank = torch.unsqueeze(torch.arange(torch.size(best, 1), dtype=4, layout=None, device=best.device), 0)
    ranked = torch.logical_or(torch.le(k, 0), torch.lt(rank, k))
    likely = torch.ge(best, min_p * torch.slice(best, 1, 0, 1))
    some = best * torch.to(torch.logical_and(ranked, likely), 6, False, False, None)
    whole = torch.logical_and(torch.le(k, 0), torch.le(min_p, 0))
    total = torch.where(whole, torch.ones_like(top_p), torch.sum(some, [1], True))
    before = torch.cumsum(some, 1) - some
    chosen = some * torch.to(torch.lt(before, top_p * total), 6, False, False, None)
    return torch.squeeze(torch.gather(index, 1, (self).invert(chosen, torch.slice(knobs, 1, 3, 4))), 1)
