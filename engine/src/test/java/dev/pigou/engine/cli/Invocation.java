package dev.pigou.engine.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One run of the command in this process: its exit code and what it printed. */
record Invocation(int exit, String out, String err) {
    static Invocation of(String... arguments) { return of(Map.of(), arguments); }

    /** @param defaults flags and their values, for the flags that are not among the arguments */
    static Invocation of(String command, Map<String, String> defaults, List<String> arguments) {
        var all = new ArrayList<String>();
        all.add(command);
        all.addAll(arguments);
        defaults.forEach((flag, value) -> {
            if (!arguments.contains(flag)) {
                all.add(flag);
                all.add(value);
            }
        });
        return of(all.toArray(String[]::new));
    }

    static Invocation of(Map<String, String> environment, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Main.run(List.of(arguments), environment, new PrintWriter(out), new PrintWriter(err));
        return new Invocation(exit, out.toString(), err.toString());
    }
}
