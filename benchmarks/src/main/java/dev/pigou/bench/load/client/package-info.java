/// An HTTP client for streamed OpenAI answers that notes when each token came. Beside the stub the only
/// package of the harness that may know Netty. It sends what it is told at once; when that is, is not
/// its matter.
@NullMarked
package dev.pigou.bench.load.client;

import org.jspecify.annotations.NullMarked;
