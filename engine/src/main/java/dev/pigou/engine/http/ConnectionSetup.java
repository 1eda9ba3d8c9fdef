package dev.pigou.engine.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;

/** What every accepted connection passes through. */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is heard of
final class ConnectionSetup extends ChannelInitializer<Channel> {
    /** More requests than one read can hold, for it is between reads that a client with too many is made to wait. */
    private static final int MAX_PIPELINED = 8192;

    private final HttpServices services;
    private final ChannelGroup connections;

    ConnectionSetup(HttpServices services, ChannelGroup connections) {
        this.services = services;
        this.connections = connections;
    }

    @Override
    protected void initChannel(Channel channel) {
        HttpConfig config = services.config();
        if (connections.size() >= config.maxConnections()) {
            channel.close(); // whoever is in has precedence
            return;
        }
        connections.add(channel);
        Deadlines deadlines = new Deadlines(config);
        HttpDecoderConfig decoding = new HttpDecoderConfig().setMaxInitialLineLength(config.maxHeaderBytes())
                .setMaxHeaderSize(config.maxHeaderBytes()).setUseRfc9112TransferEncoding(true);
        channel.pipeline().addLast(deadlines, new StallGuard(config.stallTimeout()),
                new HttpServerCodec(decoding, MAX_PIPELINED), new Connection(services, deadlines));
    }
}
