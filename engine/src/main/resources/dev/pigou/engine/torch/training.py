# The training program: TorchScript text, run by libtorch through DJL. @NAMES@ are filled in from the model's shape.
#
# Tensors: x [rows, columns] token ids, padded on the right; y [rows, columns] the token each position should
# produce, or -100 where nothing is to be learned; w every weight, in the order of ModelWeights.of(config).
class Step(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def norm(self: __torch__.Step, x: Tensor, weight: Tensor) -> Tensor:
    return torch.rms_norm(x, [torch.size(x, -1)], weight, @EPS@)

  # To the type matrices are multiplied in: 15 is bfloat16, 6 float32. The residual stream stays in float32.
  def narrow(self: __torch__.Step, x: Tensor) -> Tensor:
    return torch.to(x, @MATMUL_TYPE@, False, False, None)

  def wide(self: __torch__.Step, x: Tensor) -> Tensor:
    return torch.to(x, 6, False, False, None)

  def linear(self: __torch__.Step, x: Tensor, weight: Tensor) -> Tensor:
    return torch.linear(x, self.narrow(weight))

  # Rotary positions in the rotate-half layout; x is [rows, heads, columns, head_dim].
  def rotate(self: __torch__.Step, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a = torch.slice(x, -1, 0, @HALF_HEAD_DIM@)
    b = torch.slice(x, -1, @HALF_HEAD_DIM@, @HEAD_DIM@)
    return torch.add(torch.mul(x, cos), torch.mul(torch.cat([torch.neg(b), a], -1), sin))

  def heads(self: __torch__.Step, x: Tensor, count: int) -> Tensor:
    return torch.view(x, [torch.size(x, 0), torch.size(x, 1), count, @HEAD_DIM@])

  def attention(self: __torch__.Step, x: Tensor, w: List[Tensor], at: int, cos: Tensor, sin: Tensor) -> Tensor:
    q = self.norm(self.wide(self.heads(self.linear(x, w[at + 1]), @HEADS@)), w[at + 5])
    k = self.norm(self.wide(self.heads(self.linear(x, w[at + 2]), @KV_HEADS@)), w[at + 6])
    v = torch.transpose(self.heads(self.linear(x, w[at + 3]), @KV_HEADS@), 1, 2)
    q = self.narrow(self.rotate(torch.transpose(q, 1, 2), cos, sin))
    k = self.narrow(self.rotate(torch.transpose(k, 1, 2), cos, sin))
    mixed = torch.scaled_dot_product_attention(q, k, v, None, 0., True, scale=None, enable_gqa=@GROUPED@)
    flat = torch.reshape(torch.transpose(mixed, 1, 2), [torch.size(x, 0), torch.size(x, 1), @Q_SIZE@])
    return self.linear(flat, w[at + 4])

  def feed_forward(self: __torch__.Step, x: Tensor, w: List[Tensor], at: int) -> Tensor:
    gate = torch.silu(self.linear(x, w[at + 8]))
    return self.linear(torch.mul(gate, self.linear(x, w[at + 9])), w[at + 10])

  # The last layer's output after the final norm, [rows, columns, hidden].
  def hidden(self: __torch__.Step, x: Tensor, w: List[Tensor]) -> Tensor:
    frequency = torch.pow(@ROPE_THETA@, torch.div(torch.arange(0, @HEAD_DIM@, 2, dtype=6), -@HEAD_DIM@.))
    angle = torch.outer(torch.arange(torch.size(x, 1), dtype=6), frequency)
    angle = torch.cat([angle, angle], -1)
    cos = torch.cos(angle)
    sin = torch.sin(angle)
    h = torch.embedding(w[0], x)
    for layer in range(@LAYERS@):
      at = 1 + layer * 11
      h = torch.add(h, self.attention(self.narrow(self.norm(h, w[at])), w, at, cos, sin))
      h = torch.add(h, self.feed_forward(self.narrow(self.norm(h, w[at + 7])), w, at))
    return self.norm(h, w[1 + @LAYERS@ * 11])

  # What these rows add to the mean loss over `total` learned tokens, then the gradient of that by every weight.
  def gradient(self: __torch__.Step, x: Tensor, y: Tensor, total: Tensor, w: List[Tensor]) -> List[Tensor]:
    leaves = annotate(List[Tensor], [])
    for i in range(torch.len(w)):
      torch.append(leaves, torch.requires_grad_(torch.detach(w[i]), True))
    h = torch.reshape(self.hidden(x, leaves), [-1, @HIDDEN@])
    target = torch.reshape(y, [-1])
    learned = torch.reshape(torch.nonzero(torch.ge(target, 0)), [-1])
    logits = torch.linear(torch.index_select(h, 0, learned), leaves[0])
    loss = torch.div(torch.cross_entropy_loss(logits, torch.index_select(target, 0, learned), None, 2), total)
    found = annotate(List[Tensor], [torch.detach(loss)])
    for grad in torch.autograd.grad([loss], leaves):
      torch.append(found, torch.detach(unchecked_cast(Tensor, grad)))
    return found

  # Adds up what several calls of `gradient` returned, laid end to end, `count` tensors each. In front of the sums
  # stands the norm of the gradient.
  def combine(self: __torch__.Step, g: List[Tensor]) -> List[Tensor]:
    count = @WEIGHTS@ + 1
    sums = torch.slice(g, 0, count)
    for i in range(count, torch.len(g)):
      sums[i % count] = torch.add(sums[i % count], g[i])
    squares = annotate(List[Tensor], [])
    for i in range(1, count):
      torch.append(squares, torch.sum(torch.mul(sums[i], sums[i])))
    all = annotate(List[Tensor], [torch.sqrt(torch.sum(torch.stack(squares)))])
    torch.extend(all, sums)
    return all

  # g made nearly orthogonal by Newton and Schulz' iteration: all its singular values come close to 1. The
  # coefficients trade exactness for speed (Jordan et al. 2024, "Muon").
  def orthogonal(self: __torch__.Step, g: Tensor) -> Tensor:
    tall = torch.gt(torch.size(g, 0), torch.size(g, 1))
    x = self.narrow(torch.div(g, torch.add(torch.norm(g), 1e-7)))
    if tall:
      x = torch.t(x)
    for round in range(5):
      a = torch.mm(x, torch.t(x))
      b = torch.add(torch.mul(a, -4.775), torch.mm(a, a), alpha=2.0315)
      x = torch.add(torch.mul(x, 3.4445), torch.mm(b, x))
    if tall:
      x = torch.t(x)
    return self.wide(x)

  # Moves matrices in place by Muon: momentum, made orthogonal, and scaled to the size of AdamW's steps so that one
  # learning rate serves both. rates: learning rate, factor on the gradients, 1 - beta1^t, 1 - beta2^t.
  def muon(self: __torch__.Step, rates: Tensor, w: List[Tensor], g: List[Tensor], m: List[Tensor]) -> Tensor:
    rate, factor, _0, _1 = torch.unbind(rates)
    for i in range(torch.len(w)):
      grad = torch.mul(g[i], factor)
      torch.add_(torch.mul_(m[i], @MOMENTUM@), grad, alpha=1. - @MOMENTUM@)
      ahead = torch.add(torch.mul(grad, 1. - @MOMENTUM@), m[i], alpha=@MOMENTUM@)
      size = 0.2 * torch.sqrt(ops.prim.max(torch.size(grad, 0), torch.size(grad, 1)))
      torch.mul_(w[i], torch.rsub(torch.mul(rate, @WEIGHT_DECAY@), 1.))
      torch.sub_(w[i], torch.mul(torch.mul(self.orthogonal(ahead), size), rate))
    return rate

  # Moves the embedding and the norms in place by Adam. m and v are the running moments of the gradients g.
  def adam(self: __torch__.Step, rates: Tensor, w: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor]) -> Tensor:
    rate, factor, correction1, correction2 = torch.unbind(rates)
    for i in range(torch.len(w)):
      grad = torch.mul(g[i], factor)
      torch.add_(torch.mul_(m[i], @BETA1@), grad, alpha=1. - @BETA1@)
      torch.addcmul_(torch.mul_(v[i], @BETA2@), grad, grad, value=1. - @BETA2@)
      spread = torch.add(torch.sqrt(torch.div(v[i], correction2)), 1e-8)
      torch.sub_(w[i], torch.mul(torch.div(torch.div(m[i], correction1), spread), rate))
    return rate

  # The likeliest token after position last[row] of each row.
  def next(self: __torch__.Step, x: Tensor, last: Tensor, w: List[Tensor]) -> Tensor:
    h = torch.index(self.hidden(x, w), [torch.arange(torch.size(x, 0)), last])
    return torch.argmax(torch.linear(h, w[0]), -1)
