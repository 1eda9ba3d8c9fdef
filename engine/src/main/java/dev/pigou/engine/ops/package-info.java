/// What an operator sees: metrics and their Prometheus text, and what the machine's steps were found to take.
///
/// It may know the engine's facade and the ledger, to read their snapshots; it knows no HTTP and no requests.
@NullMarked
package dev.pigou.engine.ops;

import org.jspecify.annotations.NullMarked;
