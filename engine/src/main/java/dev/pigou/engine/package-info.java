/// The engine: turns the scheduler's plans into device steps and the device's tokens into answers.
///
/// This package holds the loop, the port to the device ([dev.pigou.engine.ModelRunner]) and the facade other
/// packages submit work to ([dev.pigou.engine.Engine]). It knows no tensors library, no HTTP and no text:
/// those are `engine.torch`, `engine.http` and `engine.text`.
@NullMarked
package dev.pigou.engine;

import org.jspecify.annotations.NullMarked;
