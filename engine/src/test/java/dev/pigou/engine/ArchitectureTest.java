package dev.pigou.engine;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** The layering that package docs promise. Think hard before you change a rule: it is the design. */
class ArchitectureTest {
    private static final String ROOT = "dev.pigou.engine";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(ROOT);

    @Test
    void onlyTheFrontEndKnowsNetty() { onlyIn("io.netty..", "http"); }

    @Test
    void onlyTheRuntimeAndTheTokenizerKnowDjl() { onlyIn("ai.djl..", "torch", "text"); }

    @Test
    void jacksonStaysWhereJsonIsRead() { onlyIn("tools.jackson..", "openai", "ops", "text", "model"); }

    @Test
    void onlyOpsKnowsPrometheus() { onlyIn("io.prometheus..", "ops"); }

    @Test
    void onlyTheLedgerKnowsSqlite() {
        onlyIn("java.sql..", "ledger");
        onlyIn("org.sqlite..", "ledger");
    }

    @Test
    void onlyTheCommandsReadToml() { onlyIn("org.tomlj..", "cli"); }

    @Test
    void picocliStaysInTheCommands() { onlyIn("picocli..", "cli"); }

    @Test
    void theApiDoesNotKnowItsTransport() {
        noClasses().that().resideInAPackage(ROOT + ".openai..").should().dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".http..", ROOT + ".torch..", ROOT + ".cli..").check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> marked = CLASSES.stream()
                .filter(c -> c.getSimpleName().equals("package-info") && c.isAnnotatedWith(NullMarked.class))
                .map(JavaClass::getPackageName).collect(Collectors.toSet());
        Set<String> all = CLASSES.stream().map(JavaClass::getPackageName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(marked).containsAll(all);
    }

    @Test
    void namesSayWhatThingsAre() {
        assertThat(CLASSES.stream().map(JavaClass::getSimpleName))
                .noneMatch(name -> Pattern.matches(".*(Utils?|Helpers?|Manager|Context|Data|Info)", name));
    }

    private static void onlyIn(String library, String... packages) {
        String[] allowed = Stream.of(packages).map(name -> ROOT + "." + name + "..").toArray(String[]::new);
        noClasses().that().resideOutsideOfPackages(allowed).should().dependOnClassesThat()
                .resideInAPackage(library).check(CLASSES);
    }
}
