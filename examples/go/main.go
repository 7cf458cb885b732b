// A Baton client in Go: asks once, writes the answer as it streams, and survives the death of any replica.
//
//	chat http[s]://GATEWAY MESSAGE [SESSION_ID]
//
// BATON_TOKEN holds the token of a gateway with AUTH=jwt. Written from src/protocol/SPEC.md, whose sections the comments name.
package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf16"

	"github.com/zishang520/socket.io/clients/engine/v3"
	"github.com/zishang520/socket.io/clients/engine/v3/transports"
	"github.com/zishang520/socket.io/clients/socket/v3"
	"github.com/zishang520/socket.io/v3/pkg/types"
)

const (
	patience   = 3 * time.Second        // for a connection, and for an acknowledgement
	silence    = 5 * time.Second        // of a running answer
	shortest   = 100 * time.Millisecond // between two tries
	longest    = 2 * time.Second
	frameBytes = 128*1024 - 64 // bytes, less what Socket.IO puts around an event
)

var errLost = errors.New("the connection was lost")

type message struct {
	ID       string `json:"id"`
	Seq      int    `json:"seq"`
	Attempt  int    `json:"attempt"`
	Status   string `json:"status"`
	Content  string `json:"content"`
	Metadata struct {
		Replicas []string `json:"replicas"`
		Error    *refusal `json:"error"`
	} `json:"metadata"`
}

type delta struct {
	MessageID string `json:"messageId"`
	Attempt   int    `json:"attempt"`
	Offset    int    `json:"offset"`
	Text      string `json:"text"`
}

type refusal struct {
	Code         string `json:"code"`
	Message      string `json:"message"`
	Retryable    bool   `json:"retryable"`
	RetryAfterMs int    `json:"retryAfterMs"`
}

func (r *refusal) Error() string { return r.Code + ": " + r.Message }

// draining is how long a replica that is going wants to be left alone (section 5).
type draining time.Duration

func (draining) Error() string { return "the replica is going" }

// event is what the gateway sent; kind "disconnect" is the end of the connection.
type event struct {
	kind    string
	payload []byte
}

// answer is one message while it streams (section 4). Its text is UTF-16, because offsets count UTF-16 units.
type answer struct {
	message
	units []uint16
	shown []uint16
}

func (a *answer) isFinal() bool { return a.Status != "" && a.Status != "streaming" }

// replace takes a message out of a snapshot: it is the truth.
func (a *answer) replace(m message) {
	a.message, a.units = m, utf16.Encode([]rune(m.Content))
}

// take merges a message of an event or an acknowledgement.
func (a *answer) take(m message) {
	final := m.Status != "streaming"
	longer := len(utf16.Encode([]rune(m.Content))) > len(a.units)
	if m.Attempt > a.Attempt || (m.Attempt == a.Attempt && !a.isFinal() && (final || longer)) {
		a.replace(m)
	}
}

// takeDelta is false where text between is missing, so that the session has to be opened again.
func (a *answer) takeDelta(d delta) bool {
	if d.Attempt < a.Attempt || (d.Attempt == a.Attempt && a.isFinal()) {
		return true
	}
	held := a.units
	if d.Attempt > a.Attempt {
		held = nil
	}
	if d.Offset > len(held) {
		return false
	}
	a.Attempt, a.Status = d.Attempt, "streaming"
	text := utf16.Encode([]rune(d.Text))
	a.units = append(held, text[min(len(text), len(held)-d.Offset):]...)
	return true
}

// print writes what is new; where the text starts again, on a new line.
func (a *answer) print() {
	if !strings.HasPrefix(string(utf16.Decode(a.units)), string(utf16.Decode(a.shown))) {
		fmt.Fprintln(os.Stderr, "\n(the answer starts again)")
		a.shown = nil
	}
	fmt.Print(string(utf16.Decode(a.units[len(a.shown):])))
	a.shown = append([]uint16(nil), a.units...)
}

type chat struct {
	url             *url.URL
	sessionID, text string
	messageID       string // the same whenever it is sent again: it is stored once (section 3)
	answer          *answer
	printed         []uint16
	isQuiet         bool // about a missing connection: there was one, or it was said
}

// follow connects once and follows the answer: nil when it is final, an error where the connection or the gateway fails.
func (c *chat) follow() error {
	options := socket.DefaultOptions()
	options.SetPath(strings.TrimRight(c.url.Path, "/") + "/socket.io/") // a gateway under a prefix has it before
	options.SetTransports(types.NewSet(transports.WebSocket))           // polling is refused (section 1)
	options.SetReconnection(false)
	options.SetForceNew(true)
	options.SetTimeout(patience)
	options.SetAutoConnect(false)
	if token, given := os.LookupEnv("BATON_TOKEN"); given {
		options.SetAuth(map[string]any{"token": token})
	}
	events := make(chan event, 1024)
	closed := make(chan struct{})
	defer close(closed)
	send := func(e event) {
		select {
		case events <- e:
		case <-closed:
		}
	}
	io, err := socket.Connect(c.url.Scheme+"://"+c.url.Host, options)
	if err != nil {
		return err
	}
	connected := make(chan error, 2)
	io.On("connect", func(...any) { connected <- nil })
	io.On("connect_error", func(args ...any) { connected <- connectError(args) })
	io.On("disconnect", func(...any) { send(event{kind: "disconnect"}) })
	for _, kind := range []string{"message", "delta", "session:sync", "draining"} {
		io.On(types.EventName(kind), func(args ...any) {
			payload, _ := json.Marshal(args[0])
			send(event{kind, payload})
		})
	}
	go func() {
		io.Connect() // the library dials within it, without a time limit
		if io.Io().Engine().ReadyState() == engine.SocketStateClosed {
			connected <- errLost // and raises no event where that fails
		}
		<-closed
		io.Disconnect()
	}()
	select {
	case err := <-connected:
		if err != nil {
			return err
		}
		c.isQuiet = true
	case <-time.After(patience):
		return errLost
	}

	if err := c.open(io); err != nil {
		return err
	}
	if c.answer == nil {
		var sent struct{ Answer message }
		request := map[string]any{"sessionId": c.sessionID, "id": c.messageID, "content": c.text}
		if err := call(io, "message:send", request, &sent); err != nil {
			return err
		}
		c.answer = &answer{shown: c.printed}
		c.answer.replace(sent.Answer)
	}
	// Events that came before the acknowledgements waited in the channel (section 4).
	for {
		c.answer.print()
		c.printed = c.answer.shown
		if c.answer.isFinal() {
			return nil
		}
		select {
		case e := <-events:
			if err := c.receive(e); err != nil {
				return err
			}
		case <-time.After(silence): // shows whether the model is slow or the replica is gone (section 5)
			if err := c.open(io); err != nil {
				return err
			}
			if c.answer == nil {
				return errLost
			}
		}
	}
}

// connectError is the gateway's refusal where it gave one (section 6), and else that there is no connection.
func connectError(args []any) error {
	for _, arg := range args {
		if extended, is := arg.(*types.ExtendedError); is {
			var refused refusal
			raw, _ := json.Marshal(extended.Data)
			if json.Unmarshal(raw, &refused) == nil && refused.Code != "" {
				return &refused
			}
		}
	}
	return errLost
}

func (c *chat) open(io *socket.Socket) error {
	var opened struct {
		Session  struct{ ID string }
		Resumed  bool
		Messages []message
		Backend  string
	}
	request := map[string]any{}
	if c.sessionID != "" {
		request["sessionId"] = c.sessionID
	}
	if err := call(io, "session:open", request, &opened); err != nil {
		return err
	}
	isNew := opened.Session.ID != c.sessionID // nothing that was held is in it
	if c.sessionID != "" && !opened.Resumed {
		fmt.Fprintf(os.Stderr, "session %s is over, this is a new one\n", c.sessionID)
	}
	c.sessionID = opened.Session.ID
	c.snapshot(opened.Messages, isNew || opened.Backend == "redis", 0)
	return nil
}

// snapshot: what Redis holds replaces what was held; an answer that it lacks is gone, and the question is sent again.
func (c *chat) snapshot(messages []message, isTruth bool, after int) {
	if c.answer == nil || c.answer.Seq <= after {
		return
	}
	for _, m := range messages {
		if m.ID == c.answer.ID {
			if isTruth {
				c.answer.replace(m)
			} else {
				c.answer.take(m)
			}
			return
		}
	}
	if isTruth {
		c.answer = nil
	}
}

func (c *chat) receive(e event) error {
	switch e.kind {
	case "disconnect":
		return errLost
	case "draining":
		var going struct{ ReconnectInMs int }
		if err := json.Unmarshal(e.payload, &going); err != nil {
			return err
		}
		return draining(time.Duration(going.ReconnectInMs) * time.Millisecond)
	case "delta":
		var d delta
		if err := json.Unmarshal(e.payload, &d); err != nil {
			return err
		}
		if d.MessageID == c.answer.ID && !c.answer.takeDelta(d) {
			return errLost // text is missing: the next connection brings it
		}
	case "message":
		var news struct{ Message message }
		if err := json.Unmarshal(e.payload, &news); err != nil {
			return err
		}
		if news.Message.ID == c.answer.ID {
			c.answer.take(news.Message)
		}
	case "session:sync":
		var sync struct {
			After    int
			Messages []message
		}
		if err := json.Unmarshal(e.payload, &sync); err != nil {
			return err
		}
		c.snapshot(sync.Messages, true, sync.After)
		if c.answer == nil {
			return errLost
		}
	}
	return nil
}

// call sends an event and waits for its acknowledgement.
func call(io *socket.Socket, name string, payload any, result any) error {
	if raw, _ := json.Marshal([]any{name, payload}); len(raw) > frameBytes { // would close the connection without a word (section 1)
		return &refusal{Code: "too_large", Message: name + ": is over 128 KiB"}
	}
	type reply struct {
		args []any
		err  error
	}
	replied := make(chan reply, 1)
	io.Timeout(patience).EmitWithAck(name, payload)(func(args []any, err error) { replied <- reply{args, err} })
	got := <-replied
	if got.err != nil {
		return got.err
	}
	raw, err := json.Marshal(got.args[0])
	if err != nil {
		return err
	}
	var outcome struct {
		Ok    bool
		Error *refusal
	}
	if err := json.Unmarshal(raw, &outcome); err != nil {
		return err
	}
	if !outcome.Ok {
		return outcome.Error
	}
	return json.Unmarshal(raw, result)
}

func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// readArguments is nil where they cannot be used.
func readArguments() *chat {
	if len(os.Args) < 3 {
		return nil
	}
	gateway, err := url.Parse(os.Args[1])
	if err != nil || (gateway.Scheme != "http" && gateway.Scheme != "https") || gateway.Hostname() == "" {
		return nil
	}
	if port := gateway.Port(); port != "" {
		if number, err := strconv.ParseUint(port, 10, 16); err != nil || number == 0 {
			return nil
		}
	}
	c := &chat{url: gateway, text: os.Args[2], messageID: newID()}
	if len(os.Args) > 3 {
		c.sessionID = os.Args[3]
	}
	return c
}

func main() {
	signal.Reset(os.Interrupt, syscall.SIGTERM) // the library takes them for itself when it is imported
	c := readArguments()
	if c == nil {
		fmt.Fprintln(os.Stderr, "chat http[s]://GATEWAY MESSAGE [SESSION_ID]")
		os.Exit(2)
	}
	wait := shortest
	for {
		started := time.Now()
		err := c.follow()
		if err == nil {
			break
		}
		if time.Since(started) > longest {
			wait = shortest
		}
		pause := time.Duration((0.5 + mathrand.Float64()/2) * float64(wait))
		var refused *refusal
		var going draining
		if errors.As(err, &refused) {
			fmt.Fprintln(os.Stderr, err)
			if !refused.Retryable {
				os.Exit(1)
			}
			pause = max(pause, time.Duration(refused.RetryAfterMs)*time.Millisecond)
		} else if errors.As(err, &going) {
			pause = max(pause, time.Duration(going))
		} else if !c.isQuiet {
			fmt.Fprintf(os.Stderr, "no connection to %s, trying again\n", c.url)
			c.isQuiet = true
		}
		time.Sleep(pause)
		wait = min(2*wait, longest)
	}
	fmt.Println()
	by := strings.Join(c.answer.Metadata.Replicas, ", ")
	fmt.Fprintf(os.Stderr, "session %s: %s, by %s\n", c.sessionID, c.answer.Status, by)
	if c.answer.Status == "error" {
		fmt.Fprintln(os.Stderr, c.answer.Metadata.Error)
		os.Exit(1)
	}
}
