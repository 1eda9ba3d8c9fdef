/// What an operator sees: metrics and their Prometheus text.
///
/// It may know the engine's facade and the ledger, to read their snapshots; it knows no HTTP and no requests.
@NullMarked
package dev.pigou.engine.ops;

import org.jspecify.annotations.NullMarked;
