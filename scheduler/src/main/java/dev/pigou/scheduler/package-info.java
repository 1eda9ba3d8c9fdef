/// Continuous batching: which sequences compute how many tokens in the next step, who waits, who is
/// preempted.
///
/// The module may know the JDK and [dev.pigou.kvcache]. It knows nothing of tensors, HTTP or text, does no
/// I/O, starts no threads and reads no clock: time arrives as an argument, so that the server, the simulator
/// and the tests run the same classes. One thread owns all of it.
@NullMarked
package dev.pigou.scheduler;

import org.jspecify.annotations.NullMarked;
