/// The plugin as files: its sources in `native/`, the compiler that builds them, and the folder in which
/// built libraries are kept from run to run. Knows neither PyTorch nor models; who loads what is built here is
/// [dev.pigou.engine.torch].
@NullMarked
package dev.pigou.engine.torch.plugin;

import org.jspecify.annotations.NullMarked;
