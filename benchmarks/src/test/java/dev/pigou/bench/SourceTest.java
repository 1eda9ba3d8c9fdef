package dev.pigou.bench;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What compiled classes no longer show, checked once for the sources of every module: files and methods are small enough
 * to read at once, tests included, and what one thread owns has no locks.
 */
final class SourceTest {
    private static final List<String> MODULES = List.of("kvcache", "scheduler", "engine", "benchmarks");
    private static final Set<String> OWNED_BY_ONE_THREAD = Set.of("kvcache", "scheduler");
    private static final int MOST_LINES_OF_A_FILE = 600;
    private static final int MOST_LINES_OF_A_METHOD = 60;

    @Test
    void filesAndMethodsAreShortAndNothingPureLocks() throws IOException {
        List<String> tooMuch = new ArrayList<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            var sources = files.getJavaFileObjectsFromPaths(sources());
            JavacTask task = (JavacTask) compiler.getTask(null, files, null, null, null, sources);
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new Scanner(unit, positions).scan(unit, tooMuch);
            }
        }
        assertThat(tooMuch).isEmpty();
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : MODULES) {
            try (Stream<Path> paths = Files.walk(Path.of("..", module, "src"))) {
                List<Path> found = paths.filter(path -> path.toString().endsWith(".java")).toList();
                assertThat(found).as(module).hasSizeGreaterThan(3);
                sources.addAll(found);
            }
        }
        return sources;
    }

    private static final class Scanner extends TreeScanner<Void, List<String>> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final String file;
        private final boolean mayLock;

        Scanner(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
            Path path = Path.of(unit.getSourceFile().getName()).normalize();
            file = path.toString();
            mayLock = !OWNED_BY_ONE_THREAD.contains(path.getName(1).toString());
        }

        @Override
        public Void visitCompilationUnit(CompilationUnitTree tree, List<String> tooMuch) {
            long lines = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, tree));
            check(tooMuch, lines <= MOST_LINES_OF_A_FILE, file + " has " + lines + " lines");
            return super.visitCompilationUnit(tree, tooMuch);
        }

        @Override
        public Void visitMethod(MethodTree tree, List<String> tooMuch) {
            LineMap lineMap = unit.getLineMap();
            long lines = lineMap.getLineNumber(positions.getEndPosition(unit, tree))
                    - lineMap.getLineNumber(positions.getStartPosition(unit, tree)) + 1;
            check(tooMuch, lines <= MOST_LINES_OF_A_METHOD,
                    file + ": " + tree.getName() + " has " + lines + " lines");
            return super.visitMethod(tree, tooMuch);
        }

        @Override
        public Void visitSynchronized(SynchronizedTree tree, List<String> tooMuch) {
            check(tooMuch, mayLock, file + ": a synchronized block, but one thread owns everything here");
            return super.visitSynchronized(tree, tooMuch);
        }

        private static void check(List<String> tooMuch, boolean holds, String violation) {
            if (!holds) {
                tooMuch.add(violation);
            }
        }
    }
}
