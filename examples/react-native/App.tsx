import 'react-native-get-random-values' // ids are made by it: there is no crypto of its own
import { failureOf, useBaton } from '@baton-chat/client/react'
import { useState } from 'react'
import { Button, FlatList, KeyboardAvoidingView, Platform, Text, TextInput, View } from 'react-native'

/** This machine, as an emulator sees it. */
const url = Platform.OS === 'android' ? 'http://10.0.2.2:8080' : 'http://localhost:8080'

export default function App() {
  const { messages, outbox, connection, answering, error, send, stop, discard } = useBaton({ url })
  const [text, setText] = useState('')
  const ask = () => {
    if (text.trim() === '') return
    send(text).catch(() => {}) // a message that failed stays in the outbox
    setText('')
  }
  return (
    <KeyboardAvoidingView behavior="padding" style={{ flex: 1 }}>
      <View style={{ flex: 1, gap: 12, padding: 24, paddingTop: 64 }}>
        <Text accessibilityLiveRegion="polite">{error?.message ?? (answering ? 'answering' : connection)}</Text>
        <FlatList
          data={[...messages, ...outbox].reverse()}
          inverted
          keyExtractor={({ id }) => id}
          renderItem={({ item }) => (
            <View>
              <Text selectable>{item.content}</Text>
              {item.status === 'error' && <Text style={{ fontStyle: 'italic' }}>{failureOf(item)}</Text>}
              {item.status === 'failed' && <Text style={{ fontStyle: 'italic' }}>{item.error.message}</Text>}
              {item.status === 'failed' && <Button title="Discard" onPress={() => discard(item.id)} />}
            </View>
          )}
        />
        <TextInput
          style={{ borderWidth: 1, borderRadius: 8, padding: 12 }}
          placeholder="Message"
          accessibilityLabel="Message"
          value={text}
          onChangeText={setText}
          onSubmitEditing={ask}
        />
        {answering ? (
          <Button title="Stop" onPress={() => stop().catch(() => {})} />
        ) : (
          <Button title="Send" onPress={ask} />
        )}
      </View>
    </KeyboardAvoidingView>
  )
}
