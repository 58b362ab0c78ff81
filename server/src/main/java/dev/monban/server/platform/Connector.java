package dev.monban.server.platform;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** Jetty's connector, which gives each connection its place among {@link Connections}. */
final class Connector extends ServerConnector {

    private final Connections connections;

    Connector(Server server, Connections connections, ConnectionFactory... factories) {
        super(server, 1, 1, factories);
        this.connections = connections;
    }

    /** The place of the connection that this request came over. */
    static Connections.Place place(Request request) {
        EndPoint end = request.getConnectionMetaData().getConnection().getEndPoint();
        if (end instanceof SslConnection.SslEndPoint tls) {
            end = tls.getSslConnection().getEndPoint();
        }
        if (end instanceof Wire wire && wire.place != null) {
            return wire.place;
        }
        throw new IllegalStateException("a request comes over a connection that has a place");
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(
            SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        SocketChannelEndPoint wire = new Wire(channel, selector, key, getScheduler());
        wire.setIdleTimeout(getIdleTimeout());
        return wire;
    }

    private final class Wire extends SocketChannelEndPoint {

        private volatile Connections.@Nullable Place place;

        Wire(
                SocketChannel channel,
                ManagedSelector selector,
                SelectionKey key,
                Scheduler scheduler) {
            super(channel, selector, key, scheduler);
        }

        @Override
        public void onOpen() {
            super.onOpen();
            place = connections.opened(this::close).orElse(null);
            if (place == null) {
                close();
            }
        }

        @Override
        public int fill(ByteBuffer buffer) throws IOException {
            int read = super.fill(buffer);
            Connections.Place mine = place;
            if (read > 0 && mine != null) {
                connections.received(mine, read);
            }
            return read;
        }

        @Override
        public void onClose(@Nullable Throwable cause) {
            super.onClose(cause);
            Connections.Place mine = place;
            if (mine != null) {
                connections.closed(mine);
            }
        }
    }
}
