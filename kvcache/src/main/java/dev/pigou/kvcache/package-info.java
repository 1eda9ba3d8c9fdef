/// KV memory: fixed-size blocks, who holds them, and which computed prefixes are kept for reuse.
///
/// The module counts blocks; it never touches what is in them. It may know the JDK and nothing else: no
/// requests, no tensors, no I/O, no threads, and no clock (time arrives as an argument). Everything here is
/// owned by one thread, the engine thread in the server and the event loop in the simulator.
@NullMarked
package dev.pigou.kvcache;

import org.jspecify.annotations.NullMarked;
