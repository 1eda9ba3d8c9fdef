package dev.pigou.kvcache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random operations beside a device that remembers what was written where. What a position must contain is
 * all that comes before it, salt included; so a block handed to the wrong prompt, or written while shared, is
 * seen at once.
 */
final class KvCacheManagerModelTest {
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("runs")
    void everyTableReadsItsOwnPrefix(Policies policy, long seed) {
        new Run(policy, seed, BlockHash.MIXING).steps(400);
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("runs")
    void collisionsNeverHandOutAForeignBlock(Policies policy, long seed) {
        new Run(policy, seed, WeakHashes.keeping((int) (seed % 3))).steps(400);
    }

    static Stream<Arguments> runs() {
        return Policies.all().stream()
                .flatMap(policy -> Seeds.few().mapToObj(seed -> Arguments.of(policy, seed)));
    }

    private static final class Client {
        final BlockTable table;
        final int[] tokens;
        int computed;

        Client(BlockTable table, int[] tokens) {
            this.table = table;
            this.tokens = tokens;
        }
    }

    private static final class Run {
        private final SplittableRandom random;
        private final int blockSize;
        private final KvCacheManager cache;
        private final Map<Long, Integer> device = new HashMap<>();
        private final List<Client> clients = new ArrayList<>();
        private final List<BlockTable> everyTable = new ArrayList<>();
        private final List<Lease> leases = new ArrayList<>();
        private final List<Lease> ended = new ArrayList<>();
        private long naivePricedPico;

        Run(Policies policy, long seed, BlockHash hash) {
            random = new SplittableRandom(seed);
            blockSize = 1 + random.nextInt(4);
            int blocks = 4 + random.nextInt(20);
            cache = new KvCacheManager(blocks, blockSize, random.nextInt(10) > 0, policy.of(blocks),
                    PrefillCost.linear(1, 0), hash);
        }

        void steps(int count) {
            long now = 0;
            for (int step = 0; step < count; step++) {
                payRent(step);
                now += random.nextLong(-2_000_000_000, 6_000_000_000L); // clocks may jump back
                step(now);
                cache.checkInvariants(clients.stream().map(client -> client.table).toList());
                clients.forEach(this::readBack);
            }
            clients.forEach(client -> cache.release(client.table, 0));
            cache.checkInvariants(List.of());
            assertThat(cache.usedBlocks()).isZero();
            long rents = everyTable.stream().mapToLong(cache::rentPico).sum()
                    + Stream.concat(leases.stream(), ended.stream()).mapToLong(cache::rentPico).sum();
            assertThat(rents).as("I12: the rents add up to price times blocks").isEqualTo(cache.pricedPico())
                    .isEqualTo(naivePricedPico);
        }

        /** A millisecond passes at a random price. No table pays less than its split, nor more by a unit a block and step. */
        private void payRent(int now) {
            long price = random.nextLong(3) * random.nextInt(1000);
            long[] before = clients.stream().mapToLong(client -> cache.rentPico(client.table)).toArray();
            cache.chargeRent(price, now * 1_000_000L);
            if (now > 0) {
                naivePricedPico += price * (cache.usedBlocks() + rentedBlocks());
                for (int i = 0; i < before.length; i++) {
                    checkSplit(clients.get(i).table, cache.rentPico(clients.get(i).table) - before[i], price);
                }
            }
        }

        /** Leased, and listed by nobody. */
        private long rentedBlocks() {
            return leases.stream().flatMapToInt(lease -> IntStream.range(0, lease.length()).map(lease::block))
                    .filter(block -> block != BlockPool.NULL_BLOCK).distinct()
                    .filter(block -> clients.stream().noneMatch(client -> holds(client.table, block)))
                    .filter(cache::isCached).count();
        }

        private void endALease(long now) {
            if (!leases.isEmpty()) {
                Lease lease = leases.remove(random.nextInt(leases.size()));
                cache.end(lease, now);
                ended.add(lease);
            }
        }

        private void checkSplit(BlockTable table, long rent, long price) {
            double fair = 0;
            for (int i = 0; i < table.size(); i++) {
                int block = table.block(i);
                fair += (double) price
                        / clients.stream().filter(client -> holds(client.table, block)).count();
            }
            assertThat((double) rent).isBetween(fair - table.size(), fair + table.size());
        }

        private static boolean holds(BlockTable table, int block) {
            for (int i = 0; i < table.size(); i++) {
                if (table.block(i) == block) {
                    return true;
                }
            }
            return false;
        }

        private void step(long now) {
            if (clients.isEmpty() || random.nextInt(4) == 0) {
                admit(now);
                return;
            }
            Client client = clients.get(random.nextInt(clients.size()));
            switch (random.nextInt(10)) {
                case 0 -> {
                    cache.release(client.table, now);
                    clients.remove(client);
                }
                case 1 -> {
                    cache.discard(client.table, now);
                    clients.remove(client);
                }
                case 2 -> fork(client, now);
                case 3 -> leases.add(cache.lease(client.table, random.nextInt(6 * blockSize),
                        now + random.nextLong(100_000_000_000L)));
                case 4 -> endALease(now);
                default -> compute(client, now);
            }
        }

        private void admit(long now) {
            int[] tokens = random.ints(1 + random.nextInt(6 * blockSize), 0, 2).toArray();
            Client client = new Client(
                    new BlockTable(random.nextInt(2), random.nextInt(3), random.nextDouble()), tokens);
            int needed = 1 + random.nextInt(tokens.length);
            int available = cache.availableBlocks();
            if (cache.admit(client.table, tokens, tokens.length - 1, needed, now)) {
                client.computed = client.table.committed() * blockSize;
                clients.add(client);
                everyTable.add(client.table);
            } else {
                assertThat(client.table.size()).isZero();
                assertThat(cache.availableBlocks()).isEqualTo(available);
            }
        }

        private void fork(Client client, long now) {
            Client copy = new Client(cache.fork(client.table, now), client.tokens);
            copy.computed = copy.table.committed() * blockSize;
            clients.add(copy);
            everyTable.add(copy.table);
        }

        private void compute(Client client, long now) {
            int to = client.computed + random.nextInt(client.tokens.length - client.computed + 1);
            if (!cache.reserve(client.table, to, now)) {
                return;
            }
            for (int position = client.computed; position < to; position++) {
                device.put(slot(client, position), contentUpTo(client, position));
            }
            client.computed = to;
            cache.commit(client.table, client.tokens, to, now);
        }

        private void readBack(Client client) {
            for (int position = 0; position < client.computed; position++) {
                assertThat(device.get(slot(client, position))).as("position %d", position)
                        .isEqualTo(contentUpTo(client, position));
            }
        }

        private long slot(Client client, int position) {
            return (long) client.table.block(position / blockSize) * blockSize + position % blockSize;
        }

        /** The tokens are bits and few, so the number that they spell after the salt tells prefixes apart. */
        private static int contentUpTo(Client client, int position) {
            int content = 2 + (int) client.table.salt();
            for (int i = 0; i <= position; i++) {
                content = 2 * content + client.tokens[i];
            }
            return content;
        }
    }
}
