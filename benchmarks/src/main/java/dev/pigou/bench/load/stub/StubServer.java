package dev.pigou.bench.load.stub;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A running stub, on 127.0.0.1 only. One event loop does everything, so that a freeze of that loop is a freeze of all:
 * nothing is accepted, read or written.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing takes as long as it takes
public final class StubServer implements AutoCloseable {
    private static final int MOST_BODY_BYTES = 64 << 20;
    private static final int BACKLOG = 4096;
    private static final long CLOSE_MILLIS = 5000;

    private final EventLoopGroup loop;
    private final Channel listener;

    private StubServer(EventLoopGroup loop, Channel listener) {
        this.loop = loop;
        this.listener = listener;
    }

    /**
     * Listens and answers from now on.
     *
     * @throws IllegalArgumentException if the port is taken
     */
    public static StubServer start(StubConfig config) {
        boolean epoll = Epoll.isAvailable();
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("stub", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        Class<? extends ServerChannel> kind = epoll
                ? EpollServerSocketChannel.class
                : NioServerSocketChannel.class;
        ChannelFuture bound = new ServerBootstrap().group(loop).channel(kind)
                .option(ChannelOption.SO_BACKLOG, BACKLOG).option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true).childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpRequestDecoder(),
                                new HttpObjectAggregator(MOST_BODY_BYTES), new StubConnection(config));
                    }
                }).bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), config.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
            throw new IllegalArgumentException(
                    "port " + config.port() + " of 127.0.0.1 cannot be listened on ("
                            + bound.cause().getMessage() + "); take another --port, or 0 for any");
        }
        if (!config.freeze().isZero()) {
            freeze(loop, config.freeze(), config.freezeEvery());
        }
        return new StubServer(loop, bound.channel());
    }

    private static void freeze(EventLoopGroup loop, Duration freeze, Duration every) {
        loop.scheduleAtFixedRate(() -> {
            long endNanos = System.nanoTime() + freeze.toNanos();
            while (System.nanoTime() < endNanos) {
                LockSupport.parkNanos(endNanos - System.nanoTime());
            }
        }, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** What clients take as base URL. */
    public String baseUrl() {
        return "http://127.0.0.1:" + ((InetSocketAddress) listener.localAddress()).getPort() + "/v1";
    }

    /** Waits until it is closed, which only another thread can do. */
    public void awaitClose() throws InterruptedException {
        listener.closeFuture().await();
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(2 * CLOSE_MILLIS);
    }
}
