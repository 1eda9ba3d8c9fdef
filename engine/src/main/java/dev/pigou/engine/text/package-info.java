/// Text on its way to the model and back: tokenizer, chat template, detokenizer, stop strings.
///
/// The package may know the JDK, Jackson (to read a model folder's JSON files), its own Jinja subset in
/// `engine.text.jinja` and, in [dev.pigou.engine.text.HfTokenizer] alone, DJL's binding of the Hugging Face
/// tokenizers library. It knows nothing of requests, HTTP, sequences or tensors.
@NullMarked
package dev.pigou.engine.text;

import org.jspecify.annotations.NullMarked;
