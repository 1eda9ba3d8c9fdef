/// A server that computes nothing: it answers as OpenAI's API would, at a pace and with faults that are set.
/// For checking the harness, and how much of it a machine can take. Knows nothing of the harness.
@NullMarked
package dev.pigou.bench.load.stub;

import org.jspecify.annotations.NullMarked;
