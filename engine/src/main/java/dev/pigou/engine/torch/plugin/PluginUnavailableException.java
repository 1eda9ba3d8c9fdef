package dev.pigou.engine.torch.plugin;

/** There is no plugin here; the message says why, and can be shown to a user. */
public final class PluginUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    public PluginUnavailableException(String reason) { super(reason); }

    public PluginUnavailableException(String reason, Throwable cause) { super(reason, cause); }
}
