package dev.pigou.engine.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Files that a server writes.
 *
 * @param ledger the books
 * @param stepCost what steps take
 */
record ServerFiles(Optional<Path> ledger, Optional<Path> stepCost) {}
