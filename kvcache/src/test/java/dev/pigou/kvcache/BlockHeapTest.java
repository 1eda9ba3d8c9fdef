package dev.pigou.kvcache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

final class BlockHeapTest {
    private record Entry(int block, long key, long order) {}

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.pigou.kvcache.Seeds#few")
    void theLeastAndAmongEqualsTheFirstComesOut(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BlockHeap heap = new BlockHeap(20);
        List<Entry> model = new ArrayList<>();
        for (int step = 0; step < 500; step++) {
            int block = 1 + random.nextInt(20);
            if (heap.contains(block)) {
                heap.remove(block);
                model.removeIf(entry -> entry.block == block);
            } else {
                long key = random.nextLong(-3, 4);
                heap.add(block, key);
                model.add(new Entry(block, key, step));
            }
            heap.checkInvariants();
            assertThat(heap.size()).isEqualTo(model.size());
            assertThat(heap.least()).as("step %d", step)
                    .isEqualTo(model.stream()
                            .min(Comparator.comparingLong(Entry::key).thenComparingLong(Entry::order))
                            .map(Entry::block).orElse(0));
        }
    }
}
