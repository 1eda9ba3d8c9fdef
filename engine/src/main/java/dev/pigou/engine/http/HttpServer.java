package dev.pigou.engine.http;

import dev.pigou.engine.openai.OpenAiApi;
import dev.pigou.engine.ops.ServerMetrics;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** A running HTTP server. Every method is safe to call from any thread but an event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is heard of
public final class HttpServer implements AutoCloseable {
    private static final long QUIET_MILLIS = 0;
    private static final long CLOSE_MILLIS = 5000;

    private final EventLoopGroup loops;
    private final Channel listener;
    private final ChannelGroup connections;
    private final InFlight inFlight;
    private final BodyBudget bodies;
    private final AtomicBoolean draining;
    private final OpenAiApi api;

    private HttpServer(EventLoopGroup loops, Channel listener, ChannelGroup connections, InFlight inFlight,
            BodyBudget bodies, AtomicBoolean draining, OpenAiApi api) {
        this.loops = loops;
        this.listener = listener;
        this.connections = connections;
        this.inFlight = inFlight;
        this.bodies = bodies;
        this.draining = draining;
        this.api = api;
    }

    /**
     * Fails now if {@link #start} would fail later, for a model takes long to load.
     *
     * @throws ListenException if the address cannot be listened on
     */
    public static void requireFree(HttpConfig config) {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(config.host(), config.port()));
        } catch (IOException | IllegalArgumentException e) {
            throw ListenException.of(config, e);
        }
    }

    /**
     * Listens and answers from now on.
     *
     * @param trouble why the engine cannot answer any more, if it cannot; asked for every {@code GET /health}
     * @throws ListenException if the address cannot be listened on
     */
    public static HttpServer start(HttpConfig config, OpenAiApi api, ServerMetrics metrics,
            Supplier<Optional<String>> trouble) {
        AtomicBoolean draining = new AtomicBoolean();
        InFlight inFlight = new InFlight();
        BodyBudget bodies = new BodyBudget(config.maxPendingBodyBytes());
        Routes routes = new Routes(api, metrics, trouble, draining::get);
        HttpServices services = new HttpServices(config, routes, new RequestGate(config, draining::get),
                metrics, api::loadReport, inFlight, bodies);
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerChannel> kind = epoll
                ? EpollServerSocketChannel.class
                : NioServerSocketChannel.class;
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(config.ioThreads(), io);
        ChannelFuture bound = new ServerBootstrap().group(loops).channel(kind)
                .option(ChannelOption.SO_BACKLOG, 1024).option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ConnectionSetup(services, connections)).bind(config.host(), config.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
            throw ListenException.of(config, bound.cause());
        }
        return new HttpServer(loops, bound.channel(), connections, inFlight, bodies, draining, api);
    }

    /** Where it listens; the port is the real one if the configuration left it open. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** What the bodies that are being received or wait to be read take now. */
    long pendingBodyBytes() {
        return bodies.heldBytes();
    }

    /**
     * Takes no new connections, and answers new requests on open ones with 503. What is being answered goes on, but for
     * streams without an end, which end now.
     */
    public void stopAccepting() {
        draining.set(true);
        api.endStreams();
        listener.close().awaitUninterruptibly();
    }

    /** Waits until nothing is being answered; false if something still was when {@code timeout} had passed. */
    public boolean awaitIdle(Duration timeout) throws InterruptedException {
        return inFlight.awaitNone(timeout);
    }

    /** Cuts what is left. */
    @Override
    public void close() {
        stopAccepting();
        connections.close().awaitUninterruptibly(CLOSE_MILLIS);
        loops.shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(2 * CLOSE_MILLIS);
    }
}
