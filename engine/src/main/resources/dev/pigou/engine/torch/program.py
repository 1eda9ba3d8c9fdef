# The model as a program: TorchScript text, compiled by libtorch when the model loads. No Python runs it.
#
# One call of `step` computes one ragged batch: the tokens of all chunks lie one after another without padding, and
# only attention looks at the sequences apart. The names after the colon of `class Step` are attributes: numbers come
# from the model's configuration, the lists are filled by the methods `add_weight` and `allocate`.
#
# What a step is made of is written once, here. The methods it calls for the arithmetic follow in the same class, from
# one of two texts that define the same names: kernels_aten.py (PyTorch's own operators) or kernels_native.py (ours):
#   pack, pack_quantized, linear, norm                  on matrices
#   prepare, store, attend                              a layer as far as attention, which knows the KV pool
#   finish_layer                                        a layer after it
#   greedy, draw                                        on logits
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
  formats : List[int]
  widths : List[int]
  windowed : List[int]
  rope : List[Tensor]
  keys : List[Tensor]
  values : List[Tensor]

  # ---- loading ---------------------------------------------------------------------------------------------------

  # Appends one weight: byte slices of it, each of scalar type `stored`, joined along dimension 0. No slice: the
  # weight does not exist in this model, and an empty tensor keeps its place. A matrix that `linear` multiplies by has a
  # `format` (0 dense, 8 or 4: bits of its whole numbers, 5: a checkpoint's own 4); anything else has format -1.
  def add_weight(self: __torch__.Step, slices: List[Tensor], stored: List[int], shape: List[int], format: int) -> None:
    parts = annotate(List[Tensor], [])
    for i in range(len(slices)):
      part = torch.view_copy(slices[i], dtype=stored[i])
      parts.append(torch.to(part, self.dtype, False, False, None))
    if len(parts) == 0:
      weight = torch.new_empty(self.weights[0], [0])
    elif len(parts) == 1:
      weight = torch.reshape(parts[0], shape)
    else:
      weight = torch.reshape(torch.cat(parts, 0), shape)
    (self).keep(weight, format)

  # Appends a matrix that a checkpoint has in 4 bits: numbers [out, in], scales [out, groups], zeros [out, groups].
  def add_quantized(self: __torch__.Step, numbers: Tensor, scales: Tensor, zeros: Tensor) -> None:
    self.widths.append(torch.size(numbers, 0))
    self.formats.append(5)
    self.weights.append((self).pack_quantized(numbers, scales, zeros))

  # The weight at `index` once more, under another name: tied embeddings.
  def tie_weight(self: __torch__.Step, index: int, format: int) -> None:
    (self).keep(self.weights[index], format)

  def keep(self: __torch__.Step, weight: Tensor, format: int) -> None:
    self.widths.append(torch.size(weight, 0))
    self.formats.append(format)
    if format < 0:
      self.weights.append(weight)
    else:
      self.weights.append((self).pack(weight, format))

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
    if slots * self.kv_heads * self.head_dim >= 16777216 and not like.is_cuda:
      rows = torch.new_empty(like, shape)
    else:
      rows = torch.new_zeros(like, shape)
    return rows

  # ---- one step --------------------------------------------------------------------------------------------------

  # The residual stream [n, hidden] after all layers but the last.
  #   sequences: [s, 4], for each sequence its first row, its rows, its first entry in tables, the slots its last row sees.
  #   groups: the same for operators that need equal lengths; 4 numbers a group: sequences, tokens of each, blocks in
  #   each one's table, slots to look at. Either many sequences with one token each, or one sequence with several tokens.
  #   Groups follow one another in the batch.
  def lower_layers(self: __torch__.Step, tokens: Tensor, positions: Tensor, slots: Tensor, tables: Tensor, sequences: Tensor, groups: List[int], prepared: List[Tensor]) -> Tensor:
    w = self.weights
    x = torch.embedding(w[0], tokens)
    for layer in range(self.layers - 1):
      at = 4 + layer * 12
      attended = (self).attend(x, w, at, layer, positions, slots, tables, sequences, groups, prepared)
      x = (self).finish_layer(x, attended, w, at)
    return x

  # Hidden states [len(wanted), hidden] of the `wanted` rows after the last layer and the final norm; only these rows go
  # on after its attention. Nothing of use if no row is wanted: then only keys and values are stored.
  def last_layer(self: __torch__.Step, x: Tensor, positions: Tensor, slots: Tensor, tables: Tensor, sequences: Tensor, groups: List[int], prepared: List[Tensor], wanted: Tensor) -> Tensor:
    w = self.weights
    layer = self.layers - 1
    at = 4 + layer * 12
    if torch.numel(wanted) == 0:
      (self).store(x, w, at, layer, positions, slots, prepared)
      h = x
    else:
      attended = (self).attend(x, w, at, layer, positions, slots, tables, sequences, groups, prepared)
      h = (self).finish_layer(torch.index_select(x, 0, wanted), torch.index_select(attended, 0, wanted), w, at)
      h = (self).norm(h, w[1])
    return h

  # Logits [rows, V] in float32.
  def logits(self: __torch__.Step, h: Tensor, w: List[Tensor]) -> Tensor:
    return torch.to((self).linear(h, w, 2), 6, False, False, None)

  # The whole step.
  #   counts: how long each section of `ints` is, in the order in which they are cut off below, then `top`.
  #   reals: for each random row temperature, top_p, min_p, uniform; for each penalised entry repetition, presence,
  #   frequency; for each biased entry its bias.
  # Returns float64 (every id fits exactly): sampled ids, -1 where the logits are not finite; then for each row that
  # wants log-probabilities 1 + top ids and 1 + top log-probabilities, sampled rows before scored ones.
  def step(self: __torch__.Step, ints: Tensor, reals: Tensor, counts: List[int], groups: List[int]) -> Tensor:
    begin = counts[0] + counts[1] + counts[2] + counts[3] + counts[4]
    tokens, positions, slots, tables, lines = torch.split_with_sizes(torch.slice(ints, 0, 0, begin), torch.slice(counts, 0, 5))
    sequences = torch.view(lines, [-1, 4])
    prepared = (self).prepare(positions, groups)
    x = (self).lower_layers(tokens, positions, slots, tables, sequences, groups, prepared)
    # The host comes here while a GPU is at work on the layers, so what they do not need is looked at now.
    sampled, scored, targets, logprob_rows, plain, cut, top_k, pen_rows, pen_tokens, pen_counts, bias_rows, bias_tokens = torch.split_with_sizes(torch.slice(ints, 0, begin), torch.slice(counts, 5, 17))
    top = counts[17]
    wanted = sampled
    if torch.numel(scored) > 0:
      wanted = torch.cat([sampled, scored])
    h = (self).last_layer(x, positions, slots, tables, sequences, groups, prepared, wanted)
    rows = torch.numel(sampled)
    out = annotate(List[Tensor], [])
    lp_ids = annotate(List[Tensor], [])
    lp_values = annotate(List[Tensor], [])
    if rows > 0:
      raw = (self).logits(torch.slice(h, 0, 0, rows), self.weights)
      random = 4 * (torch.numel(plain) + torch.numel(cut))
      penalised = 3 * torch.numel(pen_rows)
      adjusted = (self).adjust(raw, pen_rows, pen_tokens, pen_counts, torch.slice(reals, 0, random, random + penalised), bias_rows, bias_tokens, torch.slice(reals, 0, random + penalised))
      ids = (self).greedy(adjusted)
      if random > 0:
        drawn = (self).draw(adjusted, plain, cut, torch.view(torch.slice(reals, 0, 0, random), [-1, 4]), top_k, ids)
        ids = torch.where(torch.lt(ids, 0), ids, drawn)
      out.append(ids)
      if torch.numel(logprob_rows) > 0:
        found, logprobs = (self).logprobs(torch.index_select(raw, 0, logprob_rows), torch.clamp_min(torch.index_select(ids, 0, logprob_rows), 0), top)
        lp_ids.append(found)
        lp_values.append(logprobs)
    # Scored prompt rows, few at a time: logits of a long prompt would not fit.
    for i in range((torch.numel(scored) + 63) // 64):
      raw = (self).logits(torch.slice(h, 0, rows + 64 * i, rows + 64 * i + 64), self.weights)
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

  # ---- what becomes of logits --------------------------------------------------------------------------------------

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
