/// The model on PyTorch: the program text, its weights and its KV pool, run through DJL.
///
/// The only package that may import `ai.djl` engine classes. It implements [dev.pigou.engine.ModelRunner] and
/// knows model folders ([dev.pigou.engine.model]); it knows nothing of requests, text or HTTP. What DJL's
/// native glue cannot do without killing the process (bfloat16 across JNI, above all) is fenced off here and
/// nowhere else.
@NullMarked
package dev.pigou.engine.torch;

import org.jspecify.annotations.NullMarked;
