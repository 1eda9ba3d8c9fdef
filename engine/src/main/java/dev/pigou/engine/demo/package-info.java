/// The demo model: the small tasks it learns, how it is trained, and how well it does them.
///
/// Every question is drawn from a seed and has one right answer, so that accuracy on questions held out of
/// training can be counted exactly. The package is plain Java: it knows no tensor library, and hands token ids
/// to [dev.pigou.engine.torch.Trainer].
@NullMarked
package dev.pigou.engine.demo;

import org.jspecify.annotations.NullMarked;
