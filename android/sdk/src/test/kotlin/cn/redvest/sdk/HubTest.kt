package cn.redvest.sdk

import cn.redvest.core.BlobRole
import cn.redvest.core.NetFailure
import cn.redvest.core.Stage
import cn.redvest.testing.World
import com.sun.net.httpserver.HttpServer
import java.io.File
import java.net.InetAddress
import java.net.InetSocketAddress
import java.util.Locale
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** The SDK against a real hub. */
class HubTest {
    private fun world(tls: Boolean = false, story: suspend (World) -> Unit) = World(tls).use { runBlocking { story(it) } }

    /** Bytes of a phone's originals that the hub has not got. */
    private suspend fun RedVest.originalsWaiting() =
        ask { home() }.photos.filter { it.role == BlobRole.ORIGINAL }.sumOf { it.bytes.toLong() }

    private suspend fun RedVest.anythingWaiting() = ask { home() }.let { it.eventsWaiting > 0uL || it.photos.any { it.files > 0uL } }

    @Test
    fun whatOnePhoneReportsOfflineAnotherOneSees() = world(tls = true) { world ->
        val li = world.enrolled("li")
        val done = li.reportLitter(world.picture("bin", 300), "垃圾桶旁")
        assertEquals(1uL, li.ask { home() }.eventsWaiting)
        val sent = li.sync()
        assertNull(sent.failure)
        assertEquals(1u, sent.accepted)
        assertTrue(sent.sentBytes > 0uL)
        assertFalse(li.anythingWaiting())
        assertEquals(SyncState.Over(sent), li.sync.value)

        val wang = world.enrolled("wang")
        val row = wang.ask { workList(null, null) }.rows.single { it.ticket == done.ticket }
        assertEquals(Stage.DISPATCHED, row.stage)
        assertEquals("垃圾桶旁", row.words)
        assertTrue(File(checkNotNull(row.thumbnail)).length() > 0)
        for (phone in listOf(li, wang)) {
            val own = phone.ask { digest() }.associate { it.key to it.digest }
            assertEquals(world.digests(checkNotNull(phone.ask { account() }).device), own)
        }
        val file = world.folder("proof")
        li.evidence(done.ticket, file)
        assertTrue(file.length() > 100)
        li.close()
        wang.close()
    }

    @Test
    fun aPhotoGoesOnWhereItsConnectionWasCut() = world { world ->
        val li = world.enrolled("li")
        li.reportLitter(world.picture("big", 1_500))
        assertNull(li.sync(syncOptions(originals = false)).failure)
        val size = li.originalsWaiting()
        assertTrue(size > 1_000_000) { "$size" }
        li.close()
        // A new process, so that its connections are new as well, and the cut hits the first one.
        val again = world.open("li")
        world.fault("cut ${size / 2}")
        val cut = again.sync()
        val left = again.originalsWaiting()
        assertTrue(cut.failure != null || cut.postponed > 0u)
        assertTrue(left in 1..size)
        val sent = syncUntilSent(again)
        assertTrue(sent < size.toULong()) { "$sent of $size were sent again" }
        again.close()
    }

    /** Syncs until nothing waits, and says how many bytes of photos that took. */
    private suspend fun syncUntilSent(phone: RedVest): ULong {
        var bytes = 0uL
        repeat(60) {
            bytes += phone.sync(atOnce = true).sentBytes
            if (!phone.anythingWaiting()) return bytes
            // A postponed photo is tried again after at most the first step of its back-off.
            delay(250)
        }
        error("something still waits")
    }

    @Test
    fun aHubWithAnotherCertificateGetsNothing() = world(tls = true) { world ->
        val code = world.invite("li")
        val wrong = Regex("pin=([0-9a-f]{2})").replace(code) { "pin=" + if (it.groupValues[1] == "00") "11" else "00" }
        val li = world.open("li")
        val failure = assertThrows<RedVestFailure.Hub> { li.enrol(wrong, "li") }
        assertEquals("wrong_certificate", failure.code)
        assertEquals(NetFailure.CERTIFICATE, (failure.cause as NoReply).failure)
        assertTrue(failure.message(Locale.SIMPLIFIED_CHINESE).any { it in '一'..'龥' })
        assertFalse(failure.message(Locale.GERMAN).any { it in '一'..'龥' })
        // Without a pin public authorities decide, and none of them knows this hub.
        val without = code.replace(Regex("pin=[0-9a-f]+&?"), "")
        assertEquals("wrong_certificate", assertThrows<RedVestFailure.Hub> { li.enrol(without, "li") }.code)
        // A secret that the hub has seen would be used now.
        li.enrol(code, "li")
        assertNotNull(li.ask { account() })
        li.close()
    }

    @Test
    fun aSyncThatIsCancelledLosesNothing() = world { world ->
        val li = world.enrolled("li")
        li.reportLitter(world.picture("big", 1_500))
        val state = coroutineScope {
            val syncing = async { li.sync() }
            val joined = async { li.sync() }
            li.sync.first { it is SyncState.Running && it.bytesUp > 200_000 }
            li.cancelSync()
            assertEquals(syncing.await(), joined.await())
            syncing.await()
        }
        assertEquals("cancelled", state.failure?.code)
        assertTrue(li.anythingWaiting())
        // Whoever cancels is not made to wait: that says nothing about the network.
        assertNull(li.history().retryAtMs)
        // Nor does it matter how early: a sync that is cancelled before its first request ends as well.
        repeat(5) {
            coroutineScope {
                val syncing = async(start = CoroutineStart.UNDISPATCHED) { li.sync() }
                li.cancelSync()
                assertEquals("cancelled", syncing.await().failure?.code)
            }
        }
        syncUntilSent(li)
        li.close()
    }

    @Test
    fun aDeviceThatIsRevokedInTheMiddleOfAnUploadKeepsItsWork() = world { world ->
        val li = world.enrolled("li")
        val device = checkNotNull(li.ask { account() }).device
        val done = li.reportLitter(world.picture("big", 1_500))
        val summary = coroutineScope {
            val syncing = async { li.sync() }
            li.sync.first { it is SyncState.Running && it.done.accepted > 0u }
            world.revoke(device)
            syncing.await()
        }
        val failure = (summary.failure ?: li.sync(atOnce = true).failure)
        assertEquals("device_revoked", failure?.code)
        assertTrue(li.anythingWaiting())
        assertEquals(1, li.ask { ticket(done.ticket) }.photos.size)
        li.close()
    }

    @Test
    fun aPortalThatAnswersEverythingIsNoHub() = world { world ->
        val calls = AtomicInteger()
        val portal = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)
        portal.createContext("/") {
            calls.incrementAndGet()
            val page = "<html>Please sign in</html>".toByteArray()
            it.responseHeaders.add("content-type", "text/html")
            it.sendResponseHeaders(200, page.size.toLong())
            it.responseBody.use { body -> body.write(page) }
        }
        portal.start()
        try {
            val li = world.open("li")
            val code = world.invite("li").replace(world.hub, "http://127.0.0.1:${portal.address.port}")
            val failure = assertThrows<RedVestFailure.Hub> { li.enrol(code, "li") }
            assertEquals("no_hub_there", failure.code)
            assertEquals(1, calls.get())
            assertNull(li.ask { account() })
            li.close()
        } finally {
            portal.stop(0)
        }
    }

    @Test
    fun aMeteredNetworkKeepsOriginalsAtHome() = world { world ->
        val li = world.enrolled("li")
        var conditions = Conditions(onDuty = true, inFront = true, network = Network.METERED)
        val wakes = mutableListOf<Wake>()
        var now = System.currentTimeMillis() + 2 * BackgroundPolicy.MINUTE
        val background = Background(li, { synchronized(wakes) { wakes += it } }, { conditions }, { now })
        li.reportLitter(world.picture("photo", 400))
        assertNull(checkNotNull(background.run()).failure)
        val home = li.ask { home() }
        assertEquals(0uL, home.eventsWaiting)
        assertEquals(setOf(BlobRole.ORIGINAL), home.photos.filter { it.files > 0uL }.map { it.role }.toSet())
        assertTrue(wakes.all { it is Wake.Service })

        conditions = conditions.copy(network = Network.UNMETERED)
        now += 2 * BackgroundPolicy.MINUTE
        assertNull(checkNotNull(background.run()).failure)
        assertFalse(li.anythingWaiting())
        li.close()
    }

    @Test
    fun whoWatchesSeesWhatChangesUntilTheEnd() = world { world ->
        val li = world.enrolled("li")
        val seen = mutableListOf<ULong>()
        coroutineScope {
            val watching = async { li.watch { home().eventsWaiting }.collect { seen += it } }
            while (seen.isEmpty()) delay(10)
            li.reportLitter(world.picture("one", 200))
            // A value that nobody collected before the next one came would be passed over.
            while (seen.size < 2) delay(10)
            li.pause()
            assertThrows<RedVestFailure.Closed> { li.ask { home() } }
            li.resume()
            li.sync()
            li.watch { home().eventsWaiting }.first { it == 0uL }
            while (seen.size < 3) delay(10)
            li.close()
            watching.await()
        }
        assertEquals(listOf(0uL, 1uL, 0uL), seen)
    }
}
