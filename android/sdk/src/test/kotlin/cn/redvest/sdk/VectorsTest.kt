package cn.redvest.sdk

import java.io.File
import java.math.BigInteger
import java.security.KeyFactory
import java.security.MessageDigest
import java.security.Signature
import java.security.spec.X509EncodedKeySpec
import java.util.HexFormat
import org.json.JSONArray
import org.json.JSONObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A file of the data that ports are held to. */
internal fun vectors(name: String): JSONObject = JSONObject(File("../../tests/vectors/$name.json").readText())

/** What an array of objects holds. */
internal fun JSONArray.objects(): List<JSONObject> = (0 until length()).map(::getJSONObject)

/**
 * The data that ports are held to, read by code that knows nothing of the core: what somebody writes who speaks to a hub
 * from the JVM alone.
 */
class VectorsTest {
    private val hex = HexFormat.of()

    private fun sha256(vararg parts: ByteArray): ByteArray =
        MessageDigest.getInstance("SHA-256").apply { parts.forEach(::update) }.digest()

    private fun JSONObject.bytes(name: String): ByteArray = hex.parseHex(getString(name))

    /** An envelope's fields by their numbers: a CBOR map of small numbers to numbers and byte strings. */
    private fun envelope(bytes: ByteArray): Map<Int, Any> {
        var at = 0
        fun argument(): Long {
            val short = bytes[at++].toInt() and 31
            if (short < 24) return short.toLong()
            return (1..(1 shl short - 24)).fold(0L) { value, _ -> value shl 8 or (bytes[at++].toLong() and 255) }
        }
        val count = argument()
        return (1..count).associate {
            val key = argument().toInt()
            val isBytes = bytes[at].toInt() and 0xe0 == 0x40
            val argument = argument()
            key to if (isBytes) bytes.copyOfRange(at, at + argument.toInt()).also { at += argument.toInt() } else argument
        }.also { assertEquals(bytes.size, at) }
    }

    private fun key(bytes: ByteArray) = KeyFactory.getInstance("Ed25519")
        .generatePublic(X509EncodedKeySpec(hex.parseHex("302a300506032b6570032100") + bytes))

    @Test
    fun everyCommitFollowsTheOneBeforeAndIsSigned() {
        val file = vectors("events")
        val public = key(file.bytes("public_key"))
        for (commit in file.getJSONArray("commits").objects()) {
            var hash = commit.bytes("hash_before")
            var seq = commit.getLong("seq_before")
            for (event in commit.getJSONArray("events").objects()) {
                val bytes = event.bytes("envelope")
                val fields = envelope(bytes)
                assertEquals(++seq, fields[2])
                assertEquals(hex.formatHex(hash), hex.formatHex(fields[3] as ByteArray))
                assertEquals(event.getString("id").replace("-", ""), hex.formatHex(fields[4] as ByteArray))
                assertEquals(hex.formatHex(sha256(event.bytes("payload"))), hex.formatHex(fields[5] as ByteArray))
                val private = event.optString("private").ifEmpty { null }?.let { hex.formatHex(sha256(hex.parseHex(it))) }
                assertEquals(private, (fields[6] as ByteArray?)?.let(hex::formatHex))
                hash = sha256(bytes)
                assertEquals(event.getString("envelope_hash"), hex.formatHex(hash))
            }
            val signature = commit.bytes("signature")
            fun verifies() = Signature.getInstance("Ed25519").run {
                initVerify(public)
                update(file.bytes("signed_prefix") + hash)
                verify(signature)
            }
            assertTrue(verifies()) { commit.getString("name") }
            hash[0] = (hash[0] + 1).toByte()
            assertFalse(verifies())
        }
    }

    @Test
    fun digestsAreTheSumsOfTheirTerms() {
        val modulus = BigInteger.ONE.shiftLeft(256)
        val steps = vectors("digests").getJSONArray("steps").objects()
        var digest = BigInteger.ZERO
        for (step in steps) {
            val event = sha256(step.bytes("envelope"), step.bytes("stamp"))
            assertEquals(step.getString("event_hash"), hex.formatHex(event))
            val ticket = hex.parseHex(step.getString("ticket").replace("-", ""))
            val term = sha256(ticket, event, step.bytes("state_hash"))
            assertEquals(step.getString("term"), hex.formatHex(term))
            digest = (digest + BigInteger(1, term)).mod(modulus)
            assertEquals(step.getString("digest_with_it"), "%064x".format(digest))
        }
        val without = (digest - BigInteger(steps.first().getString("term"), 16)).mod(modulus)
        assertEquals(vectors("digests").getString("without_the_first"), "%064x".format(without))
    }
}
