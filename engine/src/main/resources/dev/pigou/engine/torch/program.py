# The model as a program: TorchScript text, compiled by libtorch when the model loads. No Python runs it.
#
# One call of `step` computes one ragged batch: the tokens of all chunks lie one after another without padding, and
# only attention looks at the sequences apart. The names after the colon of `class Step` are attributes: numbers come
# from the model's configuration, the lists are filled by the methods `add_weight` and `allocate`.
#
# Shapes: n tokens in the batch; h query heads, kv key/value heads, g = h / kv; d head size; V vocabulary.
# Scalar types are PyTorch's numbers: 0 uint8, 4 int64, 5 float16, 6 float32, 7 float64, 15 bfloat16.
class Step(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  layers : int
  heads : int
  kv_heads : int
  head_dim : int
  block_size : int
  window : int
  eps : float
  dtype : int
  weights : List[Tensor]
  windowed : List[int]
  rope : List[Tensor]
  keys : List[Tensor]
  values : List[Tensor]

  # ---- loading ---------------------------------------------------------------------------------------------------

  # Appends one weight: byte slices of it, each of scalar type `stored`, joined along dimension 0. No slice: the
  # weight does not exist in this model, and an empty tensor keeps its place.
  def add_weight(self: __torch__.Step, slices: List[Tensor], stored: List[int], shape: List[int]) -> None:
    parts = annotate(List[Tensor], [])
    for i in range(len(slices)):
      part = torch.view_copy(slices[i], dtype=stored[i])
      parts.append(torch.to(part, self.dtype, False, False, None))
    if len(parts) == 0:
      self.weights.append(torch.empty([0]))
    elif len(parts) == 1:
      self.weights.append(torch.reshape(parts[0], shape))
    else:
      self.weights.append(torch.reshape(torch.cat(parts, 0), shape))

  # The weight at `index` once more, under another name: tied embeddings.
  def tie_weight(self: __torch__.Step, index: int) -> None:
    self.weights.append(self.weights[index])

  # cos, sin [positions, d / 2] float32. Cloned, for what the host hands over is its own memory and stays only for
  # the call.
  def set_rope(self: __torch__.Step, cos: Tensor, sin: Tensor) -> None:
    self.rope = [torch.clone(cos), torch.clone(sin)]

  # One pool of `slots` key rows and one of value rows a layer, all zero.
  def allocate(self: __torch__.Step, windowed: List[int], slots: int) -> None:
    self.windowed = windowed
    for i in range(self.layers):
      self.keys.append((self).pool(slots))
      self.values.append((self).pool(slots))

  # What masks hide must still be finite. On a CPU so large an allocation is fresh pages from the system, which are zero
  # until written; writing zeros would only take time and memory before anything needs them.
  def pool(self: __torch__.Step, slots: int) -> Tensor:
    like = self.weights[0]
    shape = [slots, self.kv_heads, self.head_dim]
    if slots * self.kv_heads * self.head_dim >= 67108864 and not like.is_cuda:
      rows = torch.new_empty(like, shape)
    else:
      rows = torch.new_zeros(like, shape)
    return rows

  # ---- layers: shared by serving (`step`) and training (training.py) ------------------------------------------------------

  # The cast does nothing when serving; in training x is float32 and the weight may not be.
  def linear(self: __torch__.Step, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    x = torch.to(x, weight.dtype, False, False, None)
    if torch.numel(bias) == 0:
      y = torch.linear(x, weight)
    else:
      y = torch.linear(x, weight, bias)
    return y

  def norm(self: __torch__.Step, x: Tensor, weight: Tensor) -> Tensor:
    return torch.rms_norm(x, [torch.size(weight, 0)], weight, self.eps)

  # Rotates the halves (j, j + d/2) of x [n, heads, d] by cos, sin [n, 1, d / 2], in float32.
  def rotate(self: __torch__.Step, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = torch.chunk(x, 2, -1)
    turned = torch.cat([a * cos - b * sin, b * cos + a * sin], -1)
    return torch.to(turned, x.dtype, False, False, None)

  # Queries [n, h, d], keys [n, kv, d] and values [n, kv, d] of one layer, rotated.
  def project(self: __torch__.Step, x: Tensor, w: List[Tensor], at: int, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    hidden = (self).norm(x, w[at])
    n = torch.size(x, 0)
    qkv = torch.view((self).linear(hidden, w[at + 1], w[at + 2]), [n, self.heads + 2 * self.kv_heads, self.head_dim])
    q = torch.slice(qkv, 1, 0, self.heads)
    k = torch.slice(qkv, 1, self.heads, self.heads + self.kv_heads)
    v = torch.slice(qkv, 1, self.heads + self.kv_heads, self.heads + 2 * self.kv_heads)
    if torch.numel(w[at + 3]) > 0:
      q = (self).norm(q, w[at + 3])
      k = (self).norm(k, w[at + 4])
    return ((self).rotate(q, cos, sin), (self).rotate(k, cos, sin), v)

  # What follows attention in a layer: output projection, then the gated MLP, each added to the residual x.
  def finish_layer(self: __torch__.Step, x: Tensor, attended: Tensor, w: List[Tensor], at: int) -> Tensor:
    x = x + (self).linear(attended, w[at + 5], w[at + 6])
    hidden = (self).norm(x, w[at + 7])
    gate, up = torch.chunk((self).linear(hidden, w[at + 8], w[at + 9]), 2, -1)
    return x + (self).linear(torch.silu(gate) * up, w[at + 10], w[at + 11])

  # ---- paged attention -------------------------------------------------------------------------------------------

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

  # Which of `length` slots each of the query `positions` sees: itself and what lies before it, at most `window` far
  # (0: any distance). Shaped [queries, length].
  def visible(self: __torch__.Step, positions: Tensor, length: int, window: int) -> Tensor:
    slot = torch.unsqueeze(torch.arange(length, dtype=4, layout=None, device=positions.device), 0)
    at = torch.unsqueeze(positions, 1)
    mask = torch.le(slot, at)
    if window > 0:
      mask = torch.logical_and(mask, torch.gt(slot, at - window))
    return mask

  # Masks of every attention group (see `step`), for layers with or without a sliding window.
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

  # ---- one step --------------------------------------------------------------------------------------------------

  # Hidden states [n, hidden] after the last layer, before the final norm.
  #   groups: 4 numbers a group: sequences, tokens of each, blocks in each one's table, slots to look at. Either many
  #   sequences with one token each, or one sequence with several tokens. Groups follow one another in the batch.
  def hidden(self: __torch__.Step, tokens: Tensor, positions: Tensor, slots: Tensor, tables: Tensor, groups: List[int]) -> Tensor:
    w = self.weights
    cos = torch.unsqueeze(torch.index_select(self.rope[0], 0, positions), 1)
    sin = torch.unsqueeze(torch.index_select(self.rope[1], 0, positions), 1)
    full = (self).masks(groups, positions, 0)
    near = full
    if self.window > 0:
      near = (self).masks(groups, positions, self.window)
    x = torch.embedding(w[0], tokens)
    for layer in range(self.layers):
      at = 3 + layer * 12
      q, k, v = (self).project(x, w, at, cos, sin)
      # A sequence whose numbers overflowed must not spoil the next owner of its blocks: 0 * NaN is NaN even where
      # the mask hides it, so nothing but finite numbers enters the pool.
      torch.index_copy_(self.keys[layer], 0, slots, torch.nan_to_num(k, 0.))
      torch.index_copy_(self.values[layer], 0, slots, torch.nan_to_num(v, 0.))
      masks = full
      if self.windowed[layer] != 0:
        masks = near
      parts = annotate(List[Tensor], [])
      token = 0
      entry = 0
      for i in range(len(groups) // 4):
        batch, count, blocks, length = groups[4 * i], groups[4 * i + 1], groups[4 * i + 2], groups[4 * i + 3]
        table = torch.slice(tables, 0, entry, entry + batch * blocks)
        here = torch.slice(q, 0, token, token + batch * count)
        ks = (self).gather(self.keys[layer], table)
        vs = (self).gather(self.values[layer], table)
        if count == 1:
          parts.append((self).attend_decode(here, ks, vs, masks[i]))
        else:
          parts.append((self).attend_chunk(here, torch.slice(ks, 0, 0, length), torch.slice(vs, 0, 0, length), masks[i]))
        token = token + batch * count
        entry = entry + batch * blocks
      x = (self).finish_layer(x, torch.cat(parts, 0), w, at)
    return x

  # Logits [rows, V] in float32.
  def logits(self: __torch__.Step, x: Tensor, w: List[Tensor]) -> Tensor:
    return torch.to(torch.linear((self).norm(x, w[1]), w[2]), 6, False, False, None)

  # The whole step.
  #   counts: how long each section of `ints` is, in the order in which they are cut off below, then `top`.
  #   reals: for each random row temperature, top_p, min_p, uniform; for each penalised entry repetition, presence,
  #   frequency; for each biased entry its bias.
  # Returns float64 (every id fits exactly): sampled ids, -1 where the logits are not finite; then for each row that
  # wants log-probabilities 1 + top ids and 1 + top log-probabilities, sampled rows before scored ones.
  def step(self: __torch__.Step, ints: Tensor, reals: Tensor, counts: List[int], groups: List[int]) -> Tensor:
    tokens, positions, slots, tables, sampled, scored, targets, logprob_rows, plain, cut, top_k, pen_rows, pen_tokens, pen_counts, bias_rows, bias_tokens = torch.split_with_sizes(ints, torch.slice(counts, 0, 16))
    top = counts[16]
    x = (self).hidden(tokens, positions, slots, tables, groups)
    out = annotate(List[Tensor], [])
    lp_ids = annotate(List[Tensor], [])
    lp_values = annotate(List[Tensor], [])
    if counts[4] > 0:
      raw = (self).logits(torch.index_select(x, 0, sampled), self.weights)
      random = 4 * (counts[8] + counts[9])
      penalised = 3 * counts[11]
      adjusted = (self).adjust(raw, pen_rows, pen_tokens, pen_counts, torch.slice(reals, 0, random, random + penalised), bias_rows, bias_tokens, torch.slice(reals, 0, random + penalised))
      ids = torch.argmax(adjusted, 1)
      if counts[8] + counts[9] > 0:
        knobs = torch.view(torch.slice(reals, 0, 0, random), [-1, 4])
        if counts[8] > 0:
          ids = torch.index_copy(ids, 0, plain, (self).draw(adjusted, plain, torch.slice(knobs, 0, 0, counts[8])))
        if counts[9] > 0:
          ids = torch.index_copy(ids, 0, cut, (self).draw_cut(adjusted, cut, torch.slice(knobs, 0, counts[8]), top_k))
      finite = torch.isfinite(torch.sum(raw, 1))
      out.append(torch.where(finite, ids, torch.full_like(ids, -1)))
      if counts[7] > 0:
        rows = torch.index_select(raw, 0, logprob_rows)
        found, logprobs = (self).logprobs(rows, torch.index_select(ids, 0, logprob_rows), top)
        lp_ids.append(found)
        lp_values.append(logprobs)
    # Scored prompt rows, few at a time: logits of a long prompt would not fit.
    for i in range((counts[5] + 63) // 64):
      few = torch.slice(scored, 0, 64 * i, 64 * i + 64)
      raw = (self).logits(torch.index_select(x, 0, few), self.weights)
      found, logprobs = (self).logprobs(raw, torch.slice(targets, 0, 64 * i, 64 * i + 64), top)
      lp_ids.append(found)
      lp_values.append(logprobs)
    out.extend(lp_ids)
    out.extend(lp_values)
    if len(out) == 0:
      return torch.empty([0], dtype=7)
    parts = annotate(List[Tensor], [])
    for part in out:
      parts.append(torch.to(torch.flatten(part), 7, False, False, None))
    return torch.to(torch.cat(parts, 0), torch.device("cpu"), 7, False, False, None)

  # ---- sampling --------------------------------------------------------------------------------------------------

  # Ids [rows, 1 + top] and log-probabilities of the same shape: the chosen token, then the most likely.
  def logprobs(self: __torch__.Step, logits: Tensor, chosen: Tensor, top: int) -> Tuple[Tensor, Tensor]:
    normaliser = torch.logsumexp(logits, [1], True)
    column = torch.unsqueeze(chosen, 1)
    own = torch.gather(logits, 1, column) - normaliser
    if top > 0:
      best, index = torch.topk(logits, top, 1)
      column = torch.cat([column, index], 1)
      own = torch.cat([own, best - normaliser], 1)
    return (column, own)

  # Logits after penalties and bias; the raw ones stay as they are.
  def adjust(self: __torch__.Step, raw: Tensor, pen_rows: Tensor, pen_tokens: Tensor, pen_counts: Tensor, penalties: Tensor, bias_rows: Tensor, bias_tokens: Tensor, bias: Tensor) -> Tensor:
    logits = raw
    if torch.numel(pen_rows) + torch.numel(bias_rows) > 0:
      logits = torch.clone(raw)
    if torch.numel(pen_rows) > 0:
      repetition, presence, frequency = torch.unbind(torch.view(torch.to(penalties, 6, False, False, None), [-1, 3]), 1)
      seen = torch.index(logits, annotate(List[Optional[Tensor]], [pen_rows, pen_tokens]))
      scaled = torch.where(torch.gt(seen, 0), seen / repetition, seen * repetition)
      produced = torch.to(torch.gt(pen_counts, 0), 6, False, False, None)
      lowered = scaled - frequency * torch.to(pen_counts, 6, False, False, None) - presence * produced
      torch.index_put_(logits, annotate(List[Optional[Tensor]], [pen_rows, pen_tokens]), lowered)
    if torch.numel(bias_rows) > 0:
      torch.index_put_(logits, annotate(List[Optional[Tensor]], [bias_rows, bias_tokens]), torch.to(bias, 6, False, False, None), True)
    return logits

  # Inverse-CDF sampling of `rows` over the whole vocabulary. One uniform number in (0, 1) a row comes from the host,
  # so a row's draw does not depend on its neighbours.
  def draw(self: __torch__.Step, logits: Tensor, rows: Tensor, knobs: Tensor) -> Tensor:
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
