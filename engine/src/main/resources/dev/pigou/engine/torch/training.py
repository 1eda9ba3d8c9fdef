  # ---- training --------------------------------------------------------------------------------------------------
  # These methods follow program.py's and kernels_aten.py's in the same class and share their layers. `w` is every weight
  # in float32, in the order of ModelWeights.of(config): embedding, 11 a layer, final norm.

  def narrow(self: __torch__.Step, x: Tensor) -> Tensor:
    return torch.to(x, self.dtype, False, False, None)

  # The weights as the layers expect them. Only the layers' matrices take the program's type; norms stay in float32,
  # and so do the embedding and with it the residual stream.
  def lay_out(self: __torch__.Step, w: List[Tensor]) -> List[Tensor]:
    none = torch.empty([0])
    out = [w[0], w[len(w) - 1], w[0], none]
    for layer in range(self.layers):
      at = 1 + layer * 11
      qkv = (self).narrow(torch.cat([w[at + 1], w[at + 2], w[at + 3]], 0))
      gate_up = (self).narrow(torch.cat([w[at + 8], w[at + 9]], 0))
      out.extend([w[at], qkv, none, w[at + 5], w[at + 6], (self).narrow(w[at + 4]), none])
      out.extend([w[at + 7], gate_up, none, (self).narrow(w[at + 10]), none])
    return out

  # Hidden states [rows * columns, hidden] of token ids x [rows, columns], padded on the right, after the final norm. `w`
  # is laid out.
  def read(self: __torch__.Step, x: Tensor, w: List[Tensor]) -> Tensor:
    rows, columns = torch.size(x, 0), torch.size(x, 1)
    cos = torch.repeat(torch.unsqueeze(torch.slice(self.rope[0], 0, 0, columns), 1), [rows, 1, 1])
    sin = torch.repeat(torch.unsqueeze(torch.slice(self.rope[1], 0, 0, columns), 1), [rows, 1, 1])
    residual = torch.embedding(w[0], torch.flatten(x))
    for layer in range(self.layers):
      at = 4 + layer * 12
      q, k, v = (self).project((self).linear((self).norm(residual, w[at]), w, at + 1), w, at, cos, sin)
      qb = (self).narrow(torch.transpose(torch.view(q, [rows, columns, self.heads, self.head_dim]), 1, 2))
      kb = (self).narrow(torch.transpose(torch.view(k, [rows, columns, self.kv_heads, self.head_dim]), 1, 2))
      vb = torch.transpose(torch.reshape(v, [rows, columns, self.kv_heads, self.head_dim]), 1, 2)
      o = torch.scaled_dot_product_attention(qb, kb, vb, None, 0., True, scale=None, enable_gqa=True)
      residual = (self).finish_layer(residual, torch.reshape(torch.transpose(o, 1, 2), [rows * columns, -1]), w, at)
    return (self).norm(residual, w[1])

  # What the rows x add to the mean loss over `total` learned tokens, then the gradient of that by every weight. y has
  # the token each position should produce, or -100 where nothing is to be learned.
  def gradient(self: __torch__.Step, x: Tensor, y: Tensor, total: Tensor, w: List[Tensor]) -> List[Tensor]:
    leaves = annotate(List[Tensor], [])
    for i in range(len(w)):
      leaves.append(torch.requires_grad_(torch.detach(w[i]), True))
    laid = (self).lay_out(leaves)
    target = torch.flatten(y)
    learned = torch.flatten(torch.nonzero(torch.ge(target, 0)))
    logits = (self).logits(torch.index_select((self).read(x, laid), 0, learned), laid)
    loss = torch.cross_entropy_loss(logits, torch.index_select(target, 0, learned), None, 2) / total
    found = [torch.detach(loss)]
    for grad in torch.autograd.grad([loss], leaves):
      found.append(torch.detach(unchecked_cast(Tensor, grad)))
    return found

  # Adds up what several calls of `gradient` returned, laid end to end, `count` tensors each. In front of the sums
  # stands the norm of the gradient.
  def combine(self: __torch__.Step, g: List[Tensor]) -> List[Tensor]:
    count = 2 + 11 * self.layers + 1
    sums = torch.slice(g, 0, count)
    for i in range(count, len(g)):
      sums[i % count] = torch.add(sums[i % count], g[i])
    squares = annotate(List[Tensor], [])
    for i in range(1, count):
      squares.append(torch.sum(sums[i] * sums[i]))
    norm = torch.sqrt(torch.sum(torch.stack(squares)))
    return [norm] + sums

  # g made nearly orthogonal by Newton and Schulz' iteration: all its singular values come close to 1. The
  # coefficients trade exactness for speed (Jordan et al. 2024, "Muon").
  def orthogonal(self: __torch__.Step, g: Tensor) -> Tensor:
    tall = torch.size(g, 0) > torch.size(g, 1)
    x = (self).narrow(g / (torch.norm(g) + 1e-7))
    if tall:
      x = torch.t(x)
    for round in range(5):
      a = torch.mm(x, torch.t(x))
      b = a * -4.775 + torch.mm(a, a) * 2.0315
      x = x * 3.4445 + torch.mm(b, x)
    if tall:
      x = torch.t(x)
    return torch.to(x, 6, False, False, None)

  # Moves matrices in place by Muon: momentum, made orthogonal, and scaled to the size of Adam's steps so that one
  # learning rate serves both. settings: learning rate, factor on the gradients, number of the step from 1 on.
  def muon(self: __torch__.Step, settings: Tensor, w: List[Tensor], g: List[Tensor], m: List[Tensor]) -> Tensor:
    rate, factor, step = torch.unbind(settings)
    for i in range(len(w)):
      grad = g[i] * factor
      torch.add_(torch.mul_(m[i], 0.95), grad * 0.05)
      size = 0.2 * torch.sqrt(ops.prim.max(torch.size(grad, 0), torch.size(grad, 1)))
      torch.mul_(w[i], 1. - rate * 0.05)
      torch.sub_(w[i], (self).orthogonal(grad * 0.05 + m[i] * 0.95) * size * rate)
    return rate

  # Moves the embedding and the norms in place by Adam. m and v are the running moments of the gradients g.
  def adam(self: __torch__.Step, settings: Tensor, w: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor]) -> Tensor:
    rate, factor, step = torch.unbind(settings)
    for i in range(len(w)):
      grad = g[i] * factor
      torch.add_(torch.mul_(m[i], 0.9), grad * 0.1)
      torch.add_(torch.mul_(v[i], 0.98), grad * grad * 0.02)
      mean = m[i] / (1. - torch.pow(0.9, step))
      spread = torch.sqrt(v[i] / (1. - torch.pow(0.98, step))) + 1e-8
      torch.sub_(w[i], mean / spread * rate)
    return rate

  # The likeliest token after position last[row] of each row.
  def next(self: __torch__.Step, x: Tensor, last: Tensor, w: List[Tensor]) -> Tensor:
    laid = (self).lay_out(w)
    row = torch.arange(torch.size(x, 0)) * torch.size(x, 1)
    return torch.argmax((self).logits(torch.index_select((self).read(x, laid), 0, row + last), laid), -1)
