package dev.pigou.engine.ledger;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills a process that writes a ledger, with SIGKILL, at a random moment; ten times, each time going on with the file that
 * the one before left.
 */
class KilledWriterTest {
    private static final int RUNS = 10;
    private static final int ROWS_A_LEASE = 1000;

    @TempDir
    private Path folder = Path.of("");

    /**
     * Books rows as fast as it may, with each what a lease has cost up to then, and prints how many it has been told are on the
     * disk.
     */
    static final class Child {
        private static final int ROWS = 2_000_000;
        private static final int ALLOWED_AHEAD = 5000;

        private Child() {}

        public static void main(String[] arguments) {
            int from = Integer.parseInt(arguments[1]);
            try (SqliteLedger ledger = SqliteLedger.open(Path.of(arguments[0]))) {
                System.out.println("open");
                long told = 0;
                for (int n = from; n < from + ROWS; n++) {
                    ledger.book(Rows.row(n));
                    ledger.book(Rows.lease(n / ROWS_A_LEASE, rentAfter(n), 0));
                    while (n - from - told > ALLOWED_AHEAD) {
                        told = tell(ledger, from, told);
                    }
                    told = tell(ledger, from, told);
                }
            }
        }

        private static long tell(SqliteLedger ledger, int from, long told) {
            long written = ledger.snapshot().writtenRows() / 2; // half of them are of leases
            if (written > told) {
                System.out.println(from + written);
            }
            return written;
        }
    }

    @Test
    void nothingThatWasSaidToBeWrittenIsMissingAndNothingIsHalfThere()
            throws IOException, InterruptedException {
        long seed = Long.getLong("pigou.seed", new Random().nextLong());
        Random random = new Random(seed);
        Path file = folder.resolve("ledger.db");
        int known = 0;
        for (int run = 0; run < RUNS; run++) {
            int told = runAndKill(file, known, random.nextInt(400));
            List<Integer> found = Rows.found(file);
            assertThat(Rows.ask(file, "PRAGMA integrity_check")).as("seed %d, run %d", seed, run)
                    .isEqualTo("ok");
            assertThat(found).as("seed %d, run %d: all in order, without a gap", seed, run)
                    .isEqualTo(IntStream.range(0, found.size()).boxed().toList());
            assertThat(found.size()).as("seed %d, run %d: what was told is there", seed, run)
                    .isGreaterThanOrEqualTo(told);
            requireRentUpTo(file, found.size());
            known = found.size();
        }
        assertThat(known).as("seed %d: rows were written at all", seed).isPositive();
    }

    /** What the lease has cost that stands when row n is booked. */
    private static long rentAfter(int n) {
        return 5L * (n % ROWS_A_LEASE + 1);
    }

    /** Each lease has been booked as often as the rows beside it, give or take the last. */
    private static void requireRentUpTo(Path file, int rows) {
        int leases = (rows + ROWS_A_LEASE - 1) / ROWS_A_LEASE;
        long rent = 0;
        for (int n = 0; n < rows; n++) {
            boolean last = n % ROWS_A_LEASE == ROWS_A_LEASE - 1 || n == rows - 1;
            rent += last ? rentAfter(n) : 0;
        }
        String found = Rows.ask(file,
                "SELECT count(*) || ' ' || coalesce(sum(due_pico), 0) FROM bill " + "WHERE reason = 'lease'");
        String without = rows % ROWS_A_LEASE == 1 ? leases - 1 + " " + (rent - 5) : leases + " " + (rent - 5);
        assertThat(found).as("rent of %d rows", rows).isIn(leases + " " + rent, without);
    }

    /** Returns how many rows it last said are written. */
    private int runAndKill(Path file, int from, int afterMillis) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process child = new ProcessBuilder(java, "-Xmx256m", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), Child.class.getName(), file.toString(), "" + from)
                .redirectError(Files.createTempFile(folder, "child", ".err").toFile()).start();
        try (BufferedReader told = child.inputReader()) {
            assertThat(told.readLine()).as("the child opened the ledger").isEqualTo("open");
            Thread killer = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(afterMillis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                child.toHandle().destroyForcibly(); // SIGKILL; the process's own method also closes what is being read
            });
            int last = from;
            for (String line = told.readLine(); line != null; line = told.readLine()) {
                last = Integer.parseInt(line);
            }
            killer.join();
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue()).as("it was killed and did not fail").isEqualTo(137);
            return last;
        }
    }
}
