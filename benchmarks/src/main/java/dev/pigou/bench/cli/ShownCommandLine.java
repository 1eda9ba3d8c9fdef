package dev.pigou.bench.cli;

import java.util.List;
import java.util.regex.Pattern;

/** A command line as reports show it: to be pasted into a shell, but without secrets, which do not belong there. */
final class ShownCommandLine {
    private static final String HIDDEN = "KEY";
    private static final Pattern PLAIN = Pattern.compile("[\\w./:=,@%+-]+");
    private static final Pattern SECRET_HEADER = Pattern
            .compile("(?i)((?:--header=)?[^=]*(?:auth|cookie|key|token|secret)[^=]*=).*");

    private ShownCommandLine() {}

    /** The command with its arguments, quoted where a shell wants it. */
    static String of(String command, List<String> arguments) {
        var shell = new StringBuilder(command);
        String flag = "";
        for (String argument : arguments) {
            boolean isFlag = argument.startsWith("--");
            flag = isFlag ? argument.replaceFirst("=.*", "") : flag;
            shell.append(' ')
                    .append(quoted(argument.equals(flag) ? argument : withoutSecret(flag, argument)));
        }
        return shell.toString();
    }

    private static String withoutSecret(String flag, String argument) {
        return switch (flag) {
            case "--api-key" -> argument.startsWith("--") ? flag + "=" + HIDDEN : HIDDEN;
            case "--tenant" -> argument.replaceAll(",key=[^,]*", ",key=" + HIDDEN);
            case "--header" -> SECRET_HEADER.matcher(argument).replaceFirst("$1" + HIDDEN);
            default -> argument;
        };
    }

    private static String quoted(String argument) {
        return PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
