/// The economic part: what a second of delay, a block of memory, a token of work cost the others right now,
/// and what follows from it for who runs. Prices are multipliers of what binds, so they are 0 when
/// nothing does.
@NullMarked
package dev.pigou.scheduler.price;

import org.jspecify.annotations.NullMarked;
