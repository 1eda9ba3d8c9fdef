package dev.pigou.kvcache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class BlockPoolTest {
    private static final int BLOCKS = 7;

    @Test
    void theNullBlockIsNeverHandedOut() {
        BlockPool pool = new BlockPool(3);
        assertThat(List.of(pool.allocate(), pool.allocate(), pool.allocate())).containsExactly(1, 2, 3);
        assertThatIllegalStateException().isThrownBy(pool::allocate).withMessage("no free block among 3");
        assertThatIllegalStateException().isThrownBy(() -> pool.hold(BlockPool.NULL_BLOCK));
        assertThatIllegalStateException().isThrownBy(() -> pool.free(BlockPool.NULL_BLOCK));
        pool.checkInvariants();
    }

    @Test
    void aHeldBlockCannotBeFreed() {
        BlockPool pool = new BlockPool(3);
        int block = pool.allocate();
        assertThatIllegalStateException().isThrownBy(() -> pool.free(block));
        pool.drop(block);
        pool.free(block);
        assertThatIllegalStateException().isThrownBy(() -> pool.free(block));
        assertThatIllegalStateException().isThrownBy(() -> pool.drop(block));
        pool.checkInvariants();
    }

    @Test
    void aPoolWithoutBlocksIsRefused() {
        assertThatThrownBy(() -> new BlockPool(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1 block");
    }

    /** The model: references of each block that is held or idle; all others are free. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.pigou.kvcache.Seeds#few")
    void behavesAsAMapOfReferenceCounts(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BlockPool pool = new BlockPool(BLOCKS);
        Map<Integer, Integer> model = new HashMap<>();
        for (int step = 0; step < 500; step++) {
            int block = 1 + random.nextInt(BLOCKS);
            switch (random.nextInt(4)) {
                case 0 -> allocate(pool, model);
                case 1 -> hold(pool, model, block);
                case 2 -> drop(pool, model, block);
                default -> free(pool, model, block);
            }
            pool.checkInvariants();
            assertThat(pool.freeCount()).isEqualTo(BLOCKS - model.size());
            for (int b = 1; b <= BLOCKS; b++) {
                assertThat(pool.isFree(b)).isEqualTo(!model.containsKey(b));
                assertThat(pool.references(b)).isEqualTo(model.getOrDefault(b, 0));
            }
        }
    }

    private static void allocate(BlockPool pool, Map<Integer, Integer> model) {
        if (model.size() == BLOCKS) {
            assertThatIllegalStateException().isThrownBy(pool::allocate);
        } else {
            assertThat(model.put(pool.allocate(), 1)).isNull();
        }
    }

    private static void hold(BlockPool pool, Map<Integer, Integer> model, int block) {
        if (model.containsKey(block)) {
            pool.hold(block);
            model.merge(block, 1, Integer::sum);
        } else {
            assertThatIllegalStateException().isThrownBy(() -> pool.hold(block));
        }
    }

    private static void drop(BlockPool pool, Map<Integer, Integer> model, int block) {
        if (model.getOrDefault(block, 0) > 0) {
            assertThat(pool.drop(block)).isEqualTo(model.merge(block, -1, Integer::sum));
        } else {
            assertThatIllegalStateException().isThrownBy(() -> pool.drop(block));
        }
    }

    private static void free(BlockPool pool, Map<Integer, Integer> model, int block) {
        if (model.getOrDefault(block, 1) == 0) {
            pool.free(block);
            model.remove(block);
        } else {
            assertThatIllegalStateException().isThrownBy(() -> pool.free(block));
        }
    }

    @Test
    void theBlockFreedLastIsHandedOutFirst() {
        BlockPool pool = new BlockPool(4);
        List<Integer> taken = new ArrayList<>(List.of(pool.allocate(), pool.allocate(), pool.allocate()));
        for (int block : taken) {
            pool.drop(block);
            pool.free(block);
        }
        assertThat(List.of(pool.allocate(), pool.allocate(), pool.allocate(), pool.allocate()))
                .containsExactly(3, 2, 1, 4);
    }
}
