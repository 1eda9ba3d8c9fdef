/// Hugging Face model folders, read and written: `config.json`, `generation_config.json`, safetensors,
/// tokenizer files.
///
/// A folder comes from anywhere, so nothing in it is believed: every length, offset, shape and value is
/// checked before it is used, and what is wrong is told in one line that names the file and the tensor or key
/// ([dev.pigou.engine.model.ModelFolderException]).
///
/// This package knows no tensors library, no scheduler and no HTTP. A tensor is a name, a dtype, a shape and a
/// slice of mapped memory; turning it into something a device can use is `engine.torch`'s business.
@NullMarked
package dev.pigou.engine.model;

import org.jspecify.annotations.NullMarked;
