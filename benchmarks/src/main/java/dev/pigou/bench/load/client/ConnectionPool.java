package dev.pigou.bench.load.client;

import dev.pigou.bench.load.result.Failure;
import dev.pigou.bench.load.workload.ClientBehaviour;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The connections of one event loop, which owns it. There is no limit to them: a request must never wait for another's
 * answer. The one that was used last is used first, for it is the least likely to be closed meanwhile.
 */
final class ConnectionPool {
    private static final int MOST_CONNECT_MILLIS = 30_000;

    private final Target target;
    private final InetSocketAddress address;
    private final EventLoop loop;
    private final Class<? extends Channel> kind;
    private final Deque<Connection> idle = new ArrayDeque<>();

    ConnectionPool(Target target, InetSocketAddress address, EventLoop loop, Class<? extends Channel> kind) {
        this.target = target;
        this.address = address;
        this.loop = loop;
        this.kind = kind;
    }

    Target target() { return target; }

    EventLoop loop() { return loop; }

    /** Sends a request over a connection that is free, or else a new one. */
    void send(Exchange exchange) {
        long limitMillis = target.timeLimit().toMillis();
        exchange.limitedBy(loop.schedule(
                () -> exchange.cutOff(new BadAnswerException(Failure.Kind.TIMED_OUT,
                        "no whole answer within " + limitMillis / 1000.0 + " s")),
                limitMillis, TimeUnit.MILLISECONDS));
        exchange.patientOn(loop);
        Connection free = exchange.ask().behaviour() instanceof ClientBehaviour.ReadsSlowly
                ? null
                : idle.pollLast();
        if (free != null) {
            free.carry(exchange);
        } else {
            connect(exchange);
        }
    }

    /** Sends a request over a new connection. */
    @SuppressWarnings("FutureReturnValueIgnored") // its listener hears of it
    void connect(Exchange exchange) {
        var handlers = new ConnectionSetup(this, exchange.ask().behaviour());
        Bootstrap bootstrap = new Bootstrap().group(loop).channel(kind)
                .option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        (int) Math.min(MOST_CONNECT_MILLIS, target.timeLimit().toMillis()))
                .handler(handlers);
        if (exchange.ask().behaviour() instanceof ClientBehaviour.ReadsSlowly(int bytesPerSecond)) {
            bootstrap.option(ChannelOption.AUTO_READ, false)
                    .option(ChannelOption.SO_RCVBUF, SlowReading.readBytes(bytesPerSecond))
                    .option(ChannelOption.RECVBUF_ALLOCATOR, SlowReading.allocator(bytesPerSecond));
        }
        bootstrap.connect(address).addListener((ChannelFuture connected) -> {
            if (!connected.isSuccess()) {
                exchange.fail(new BadAnswerException(Failure.Kind.NOT_CONNECTED, why(connected.cause())));
            } else if (exchange.ended()) {
                connected.channel().close();
            } else {
                handlers.connection().carry(exchange);
            }
        });
    }

    private String why(Throwable cause) {
        return switch (cause) {
            case UnknownHostException _ -> "the name " + address.getHostString() + " is not known";
            case ConnectException refused when String.valueOf(refused.getMessage()).contains("refused") ->
                "nobody listens on " + target.baseUrl().authority();
            default -> Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
        };
    }

    /** The connection has nothing to do. */
    void release(Connection connection) { idle.addLast(connection); }

    /** The connection is closed. */
    void forget(Connection connection) { idle.remove(connection); }

    /** What a new connection's bytes pass through. */
    private static final class ConnectionSetup extends ChannelInitializer<Channel> {
        private final ConnectionPool pool;
        private final ClientBehaviour behaviour;
        private final ReadClock clock = new ReadClock();
        private Connection connection;

        @SuppressWarnings("NullAway.Init") // the connection is there when the channel is
        ConnectionSetup(ConnectionPool pool, ClientBehaviour behaviour) {
            this.pool = pool;
            this.behaviour = behaviour;
        }

        Connection connection() { return connection; }

        @Override
        protected void initChannel(Channel channel) {
            connection = new Connection(pool, channel, clock);
            if (behaviour instanceof ClientBehaviour.ReadsSlowly(int bytesPerSecond)) {
                channel.pipeline().addLast(new SlowReading(bytesPerSecond));
            }
            channel.pipeline().addLast(clock, new HttpClientCodec(), connection);
        }
    }
}
