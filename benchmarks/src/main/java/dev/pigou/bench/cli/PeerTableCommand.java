package dev.pigou.bench.cli;

import dev.pigou.bench.peer.PeerTable;
import java.nio.file.Path;
import java.util.List;

/** {@code pigou peer-table FILE...}: what {@code benchmarks/compare-peers} prints its table with. */
public final class PeerTableCommand {
    private PeerTableCommand() {}

    public static void main(String[] files) {
        try {
            System.out.print(PeerTable.of(List.of(files).stream().map(Path::of).toList()));
        } catch (IllegalArgumentException e) {
            System.err.println("pigou: " + e.getMessage());
            System.exit(1);
        }
    }
}
