/// The books: one row for each choice that ended, in a SQLite file, written by a thread of its own.
///
/// It may know the engine's facade, whose endings it books; it knows no HTTP and no JSON. It is the only
/// package that knows SQLite.
@NullMarked
package dev.pigou.engine.ledger;

import org.jspecify.annotations.NullMarked;
