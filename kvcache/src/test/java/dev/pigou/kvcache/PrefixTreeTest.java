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

final class PrefixTreeTest {
    private static final int BLOCK_SIZE = 2;
    private static final int ROOT = BlockPool.NULL_BLOCK;

    private final PrefixTree tree = new PrefixTree(8, BLOCK_SIZE, BlockHash.MIXING);

    @Test
    void aBlockIsFoundByParentSaltAndTokensTogether() {
        tree.insert(3, ROOT, 7, new int[]{1, 2}, 0);
        tree.insert(5, 3, 7, new int[]{1, 2, 1, 2}, 2);

        assertThat(tree.find(ROOT, 7, new int[]{1, 2}, 0)).isEqualTo(3);
        assertThat(tree.find(3, 7, new int[]{1, 2}, 0)).isEqualTo(5);
        assertThat(tree.find(ROOT, 8, new int[]{1, 2}, 0)).as("other salt").isEqualTo(ROOT);
        assertThat(tree.find(5, 7, new int[]{1, 2}, 0)).as("other parent").isEqualTo(ROOT);
        assertThat(tree.find(ROOT, 7, new int[]{2, 1}, 0)).as("other order").isEqualTo(ROOT);
        assertThat(tree.depth(5)).isEqualTo(2);
        tree.checkInvariants();
    }

    @Test
    void onlyLeavesCanBeRemoved() {
        tree.insert(3, ROOT, 0, new int[]{1, 2}, 0);
        tree.insert(5, 3, 0, new int[]{3, 4}, 0);

        assertThatIllegalStateException().isThrownBy(() -> tree.remove(3));
        tree.remove(5);
        tree.remove(3);
        assertThatIllegalStateException().isThrownBy(() -> tree.remove(3));
        assertThat(tree.size()).isZero();
        tree.checkInvariants();
    }

    @Test
    void aBlockCannotContinueOneThatIsNotCached() {
        assertThatIllegalStateException().isThrownBy(() -> tree.insert(5, 3, 0, new int[]{3, 4}, 0));
    }

    @Test
    void twoContentsWithOneHashAreKeptApart() {
        PrefixTree colliding = new PrefixTree(4, BLOCK_SIZE, WeakHashes.keeping(0));
        colliding.insert(1, ROOT, 0, new int[]{1, 2}, 0);
        assertThat(colliding.find(ROOT, 0, new int[]{3, 4}, 0)).isEqualTo(ROOT);
        assertThat(colliding.find(ROOT, 1, new int[]{1, 2}, 0)).isEqualTo(ROOT);
        colliding.insert(2, ROOT, 0, new int[]{3, 4}, 0);
        assertThat(colliding.find(ROOT, 0, new int[]{3, 4}, 0)).isEqualTo(2);
        colliding.remove(1);
        assertThat(colliding.find(ROOT, 0, new int[]{3, 4}, 0)).isEqualTo(2);
        colliding.checkInvariants();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.pigou.kvcache.Seeds#few")
    void behavesAsAMapFromPathsToBlocks(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Model model = new Model(24,
                random.nextInt(3) == 0 ? BlockHash.MIXING : WeakHashes.keeping(random.nextInt(3)));
        for (int step = 0; step < 600; step++) {
            Path path = model.randomPath(random);
            switch (random.nextInt(5)) {
                case 0, 1, 2 -> model.insert(path);
                case 3 -> model.remove(path);
                default -> {
                    // only looks up, below
                }
            }
            model.tree.checkInvariants();
            model.compare(model.randomPath(random));
        }
        for (Path path : List.copyOf(model.blocks.keySet())) {
            model.compare(path);
        }
    }

    /** A salt and the tokens of all blocks from the root. */
    private record Path(long salt, List<Integer> tokens) {
        Path parent() { return new Path(salt, tokens.subList(0, tokens.size() - BLOCK_SIZE)); }

        boolean isRoot() { return tokens.isEmpty(); }

        int[] lastTokens() {
            return tokens.subList(tokens.size() - BLOCK_SIZE, tokens.size()).stream().mapToInt(t -> t)
                    .toArray();
        }
    }

    private static final class Model {
        final PrefixTree tree;
        final Map<Path, Integer> blocks = new HashMap<>();
        private final List<Integer> unused = new ArrayList<>();

        Model(int size, BlockHash hash) {
            tree = new PrefixTree(size, BLOCK_SIZE, hash);
            for (int block = size; block > 0; block--) {
                unused.add(block);
            }
        }

        Path randomPath(SplittableRandom random) {
            List<Integer> tokens = new ArrayList<>();
            for (int i = BLOCK_SIZE * (1 + random.nextInt(4)); i > 0; i--) {
                tokens.add(random.nextInt(2));
            }
            return new Path(random.nextInt(2), tokens);
        }

        private int parentBlock(Path path) {
            return path.parent().isRoot() ? ROOT : blocks.getOrDefault(path.parent(), -1);
        }

        void insert(Path path) {
            int parent = parentBlock(path);
            if (parent >= 0 && !blocks.containsKey(path) && !unused.isEmpty()) {
                int block = unused.removeLast();
                tree.insert(block, parent, path.salt(), path.lastTokens(), 0);
                blocks.put(path, block);
            }
        }

        void remove(Path path) {
            Integer block = blocks.get(path);
            if (block == null) {
                return;
            }
            boolean leaf = blocks.keySet().stream().noneMatch(other -> other.parent().equals(path));
            assertThat(tree.isLeaf(block)).isEqualTo(leaf);
            if (leaf) {
                tree.remove(block);
                blocks.remove(path);
                unused.add(block);
            }
        }

        void compare(Path path) {
            assertThat(tree.size()).isEqualTo(blocks.size());
            int parent = parentBlock(path);
            if (parent >= 0) {
                assertThat(tree.find(parent, path.salt(), path.lastTokens(), 0))
                        .isEqualTo(blocks.getOrDefault(path, ROOT));
            }
        }
    }
}
