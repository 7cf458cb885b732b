import io.socket.client.Ack;
import io.socket.client.AckWithTimeout;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/**
 * A Baton client in Java: asks once, writes the answer as it streams, and survives the death of any replica.
 *
 * <pre>chat http[s]://GATEWAY MESSAGE [SESSION_ID]</pre>
 *
 * BATON_TOKEN holds the token of a gateway with AUTH=jwt. Written from src/protocol/SPEC.md, whose sections the comments name. Strings count UTF-16 units, as offsets do.
 */
public final class Chat {
    /** For a connection, and for an acknowledgement. */
    private static final long PATIENCE_MS = 3000;
    /** Of a running answer. */
    private static final long SILENCE_MS = 5000;
    /** Between two tries. */
    private static final long SHORTEST_MS = 100;
    private static final long LONGEST_MS = 2000;
    /** Of a frame, less what Socket.IO puts around an event. */
    private static final int FRAME_BYTES = 128 * 1024 - 64;

    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    /** The connection is gone, or text of the answer: the next connection brings it. */
    private static final class Lost extends Exception {
        /** How long a replica that is going wants to be left alone (section 5). */
        final long waitMs;

        Lost(long waitMs) {
            this.waitMs = waitMs;
        }

        Lost() {
            this(0);
        }
    }

    /** An acknowledgement that was not ok, or a connection that is refused (section 6). */
    private static final class Refused extends Exception {
        final boolean retryable;
        final long waitMs;

        Refused(JSONObject error) {
            super(error.optString("code") + ": " + error.optString("message"));
            retryable = error.optBoolean("retryable");
            waitMs = error.optLong("retryAfterMs");
        }
    }

    private record Event(String name, JSONObject payload) {}

    /** One message while it streams (section 4). */
    private static final class Answer {
        final String id;
        int seq;
        int attempt;
        String status;
        String content;
        JSONObject metadata;

        Answer(JSONObject message) {
            id = message.optString("id");
            replace(message);
        }

        boolean isFinal() {
            return !status.equals("streaming");
        }

        /** Out of a snapshot: it is the truth. */
        void replace(JSONObject message) {
            seq = message.optInt("seq");
            attempt = message.optInt("attempt");
            status = message.optString("status");
            content = message.optString("content");
            metadata = message.optJSONObject("metadata");
        }

        /** Merges a message of an event or an acknowledgement. */
        void take(JSONObject message) {
            int other = message.optInt("attempt");
            boolean ends = !message.optString("status").equals("streaming");
            boolean isNewer = ends || message.optString("content").length() > content.length();
            if (other > attempt || (other == attempt && !isFinal() && isNewer)) replace(message);
        }

        void takeDelta(JSONObject delta) throws Lost {
            int other = delta.optInt("attempt");
            if (other < attempt || (other == attempt && isFinal())) return;
            String held = other > attempt ? "" : content;
            int offset = delta.optInt("offset");
            String text = delta.optString("text");
            if (offset > held.length()) throw new Lost();
            attempt = other;
            status = "streaming";
            content = held + text.substring(Math.min(text.length(), held.length() - offset));
        }
    }

    private final URI url;
    private final String question;
    /** The same whenever the message is sent again: it is stored once (section 3). */
    private final String messageId = UUID.randomUUID().toString();
    private String sessionId;
    private Answer answer;
    private String shown = "";
    /** About a missing connection: there was one, or it was said. */
    private boolean isQuiet;

    private Chat(URI url, String question, String sessionId) {
        this.url = url;
        this.question = question;
        this.sessionId = sessionId;
    }

    /** Connects once and follows the answer to its end. */
    private void follow() throws Lost, Refused, InterruptedException {
        IO.Options options = new IO.Options();
        options.path = url.getPath().replaceAll("/+$", "") + "/socket.io/"; // a gateway under a prefix has it before
        options.transports = new String[] {"websocket"}; // polling is refused (section 1)
        options.reconnection = false;
        options.forceNew = true;
        String token = System.getenv("BATON_TOKEN");
        if (token != null) options.auth = Map.of("token", token);
        Socket socket = IO.socket(url.resolve("/"), options);
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        CompletableFuture<JSONObject> connected = new CompletableFuture<>();
        socket.on(Socket.EVENT_CONNECT, args -> connected.complete(object("ok", true)));
        socket.on(Socket.EVENT_CONNECT_ERROR, args -> connected.complete(refusalOf(args[0])));
        socket.on(Socket.EVENT_DISCONNECT, args -> events.add(new Event("disconnect", new JSONObject())));
        for (String name : new String[] {"message", "delta", "session:sync", "draining"}) {
            socket.on(name, args -> events.add(new Event(name, (JSONObject) args[0])));
        }
        try {
            socket.connect();
            accepted(connected.completeOnTimeout(null, PATIENCE_MS, TimeUnit.MILLISECONDS).join());
            isQuiet = true;
            talk(socket, events);
        } finally {
            socket.close();
        }
    }

    private void talk(Socket socket, BlockingQueue<Event> events) throws Lost, Refused, InterruptedException {
        open(socket);
        if (answer == null) {
            JSONObject sent = call(socket, "message:send", object("sessionId", sessionId, "id", messageId, "content", question));
            answer = new Answer(sent.optJSONObject("answer"));
        }
        // Events that came before the acknowledgements waited in the queue (section 4).
        while (true) {
            if (answer == null) throw new Lost();
            print();
            if (answer.isFinal()) return;
            Event event = events.poll(SILENCE_MS, TimeUnit.MILLISECONDS);
            if (event == null) open(socket); // shows whether the model is slow or the replica is gone (section 5)
            else receive(event);
        }
    }

    private void open(Socket socket) throws Lost, Refused {
        JSONObject opened = call(socket, "session:open", sessionId == null ? object() : object("sessionId", sessionId));
        String opens = opened.optJSONObject("session").optString("id");
        boolean isNew = !opens.equals(sessionId); // nothing that was held is in it
        if (sessionId != null && !opened.optBoolean("resumed")) {
            System.err.println("session " + sessionId + " is over, this is a new one");
        }
        sessionId = opens;
        takeSnapshot(opened.optJSONArray("messages"), isNew || opened.optString("backend").equals("redis"), 0);
    }

    private void receive(Event event) throws Lost {
        JSONObject payload = event.payload();
        switch (event.name()) {
            case "disconnect" -> throw new Lost();
            case "draining" -> throw new Lost(payload.optLong("reconnectInMs"));
            case "session:sync" -> takeSnapshot(payload.optJSONArray("messages"), true, payload.optInt("after"));
            case "delta" -> {
                if (payload.optString("messageId").equals(answer.id)) answer.takeDelta(payload);
            }
            default -> {
                JSONObject message = payload.optJSONObject("message");
                if (message.optString("id").equals(answer.id)) answer.take(message);
            }
        }
    }

    /** What Redis holds replaces what was held; an answer that it lacks is gone, and the question is sent again. */
    private void takeSnapshot(JSONArray messages, boolean isTruth, int after) {
        if (answer == null || answer.seq <= after) return;
        for (int i = 0; i < messages.length(); i++) {
            JSONObject message = messages.optJSONObject(i);
            if (!message.optString("id").equals(answer.id)) continue;
            if (isTruth) answer.replace(message);
            else answer.take(message);
            return;
        }
        if (isTruth) answer = null;
    }

    /** Writes what is new; where the text starts again, on a new line. */
    private void print() {
        if (!answer.content.startsWith(shown)) {
            System.err.println("\n(the answer starts again)");
            shown = "";
        }
        OUT.print(answer.content.substring(shown.length()));
        if (OUT.checkError()) System.exit(141); // nobody reads any more
        shown = answer.content;
    }

    /** Sends an event and waits for its acknowledgement. */
    private static JSONObject call(Socket socket, String event, JSONObject payload) throws Lost, Refused {
        int bytes = (event + payload).getBytes(StandardCharsets.UTF_8).length;
        if (bytes > FRAME_BYTES) { // it would close the connection without a word (section 1)
            throw new Refused(object("code", "too_large", "message", event + ": is over 128 KiB"));
        }
        CompletableFuture<JSONObject> replied = new CompletableFuture<>();
        Ack ack = new AckWithTimeout(PATIENCE_MS) {
            @Override
            public void onSuccess(Object... args) {
                replied.complete((JSONObject) args[0]);
            }

            @Override
            public void onTimeout() {
                replied.complete(null);
            }
        };
        socket.emit(event, new Object[] {payload}, ack);
        return accepted(replied.completeOnTimeout(null, 2 * PATIENCE_MS, TimeUnit.MILLISECONDS).join());
    }

    /** The gateway's refusal of a connection, in the form of an acknowledgement; null where it gave none. */
    private static JSONObject refusalOf(Object error) {
        JSONObject data = error instanceof JSONObject packet ? packet.optJSONObject("data") : null;
        return data == null ? null : object("error", data);
    }

    private static JSONObject accepted(JSONObject reply) throws Lost, Refused {
        if (reply == null) throw new Lost();
        if (!reply.optBoolean("ok")) throw new Refused(reply.optJSONObject("error"));
        return reply;
    }

    private static JSONObject object(Object... namesAndValues) {
        JSONObject made = new JSONObject();
        try {
            for (int i = 0; i < namesAndValues.length; i += 2) made.put((String) namesAndValues[i], namesAndValues[i + 1]);
        } catch (JSONException impossible) {
            throw new IllegalArgumentException(impossible);
        }
        return made;
    }

    private String replicas() throws JSONException {
        JSONArray replicas = answer.metadata == null ? null : answer.metadata.optJSONArray("replicas");
        return replicas == null ? "" : replicas.join(", ").replace("\"", "");
    }

    private static boolean isAddress(String text) {
        try {
            URI uri = URI.create(text); // it takes no host with an underscore
            return text.matches("https?://.*") && uri.getHost() != null && uri.getPort() != 0 && uri.getPort() <= 65535;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    public static void main(String[] args) throws Exception {
        if (args.length < 2 || !isAddress(args[0])) {
            System.err.println("chat http[s]://GATEWAY MESSAGE [SESSION_ID]");
            System.exit(2);
        }
        Chat chat = new Chat(URI.create(args[0]), args[1], args.length > 2 && !args[2].isEmpty() ? args[2] : null);
        for (long wait = SHORTEST_MS; ; wait = Math.min(2 * wait, LONGEST_MS)) {
            long least = 0;
            long began = System.nanoTime();
            try {
                chat.follow();
                break;
            } catch (Lost lost) {
                // The next connection brings the rest.
                if (!chat.isQuiet) System.err.println("no connection to " + args[0] + ", trying again");
                chat.isQuiet = true;
                least = lost.waitMs;
            } catch (Refused refused) {
                System.err.println(refused.getMessage());
                if (!refused.retryable) System.exit(1);
                least = refused.waitMs;
            }
            if (System.nanoTime() - began > LONGEST_MS * 1_000_000) wait = SHORTEST_MS;
            Thread.sleep(Math.max(least, ThreadLocalRandom.current().nextLong(wait / 2, wait + 1)));
        }
        OUT.println();
        System.err.println("session " + chat.sessionId + ": " + chat.answer.status + ", by " + chat.replicas());
        if (!chat.answer.status.equals("error")) System.exit(0);
        System.err.println(new Refused(chat.answer.metadata.optJSONObject("error")).getMessage());
        System.exit(1);
    }
}
