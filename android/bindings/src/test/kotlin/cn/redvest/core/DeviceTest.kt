package cn.redvest.core

import cn.redvest.testing.ALL
import cn.redvest.testing.World
import cn.redvest.testing.phone
import cn.redvest.testing.send
import cn.redvest.testing.syncNow
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference
import kotlin.concurrent.thread
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

/** The core as Kotlin sees it. */
class DeviceTest {
    @TempDir
    lateinit var temporary: File

    private val data get() = File(temporary, "data").path

    private fun open(vault: KeyVault = fileVault(File(temporary, "vault").path)) = Device.open(data, vault, null)

    private fun by(words: String? = null) = By(null, words)

    /** A report without photos, from a place in WG01. */
    private fun cigarette(): Report {
        val here = Position(312_325_000, 1_214_725_000)
        val fix = Fix(here, 800u, FixSource.SATELLITE, 1_200u, false)
        return Report("X201", here, fix, null, emptyList(), Source.PATROL, null, null, null, null, null)
    }

    @Test
    fun aFolderIsOpenedOnce() {
        open().use { first ->
            assertEquals("already_open", assertThrows<RedVestException.Storage> { open() }.code)
            assertNull(first.account())
            first.shutDown()
            first.shutDown()
            assertEquals("closed", assertThrows<RedVestException.Closed> { first.home() }.code)
            open().shutDown()
        }
    }

    @Test
    fun aDeviceThatIsClosedDuringASyncSaysSo() {
        World().use { world ->
            val device = world.phone("li")
            val session = device.beginSync(ALL)
            val first = session.next() as SyncStep.Send
            assertEquals("sync_running", assertThrows<RedVestException.Closed> { device.beginSync(ALL) }.code)
            val reply = send(first.request)
            device.shutDown()
            assertEquals("sync_over", assertThrows<RedVestException.Closed> { session.feed(first.request.id, reply) }.code)
            assertEquals("sync_over", assertThrows<RedVestException.Closed> { session.next() }.code)
            session.cancel()
            val folder = world.folder("li")
            val again = Device.open(File(folder, "data").path, fileVault(File(folder, "vault").path), null)
            assertNull(again.syncNow().failure)
            again.shutDown()
        }
    }

    @Test
    fun aSuspendedDeviceHoldsNoFile() {
        val device = open()
        device.home()
        assertTrue(held(data).isNotEmpty() || !File("/proc/self/fd").exists())
        device.suspend()
        assertEquals(emptyList<String>(), held(data))
        assertEquals("suspended", assertThrows<RedVestException.Closed> { device.home() }.code)
        // Nobody else is refused, as the lock is free.
        val other = open()
        assertThrows<RedVestException.Storage> { device.resume() }
        other.shutDown()
        device.resume()
        device.home()
        device.shutDown()
    }

    /** Files below a folder that this process holds open. */
    private fun held(folder: String): List<String> {
        val open = File("/proc/self/fd").toPath()
        if (!Files.exists(open)) return emptyList()
        val targets = Files.newDirectoryStream(open).use { list -> list.mapNotNull { target(it) } }
        return targets.filter { it.startsWith(folder) }
    }

    private fun target(link: Path): String? = runCatching { Files.readSymbolicLink(link).toString() }.getOrNull()

    @Test
    fun textsThatAreNoneGiveAnErrorAndNoPanic() {
        World().use { world ->
            val device = world.phone("li")
            device.syncNow()
            val wrong = listOf<() -> Any?>(
                { device.ticket("no ticket") },
                { device.ticket("") },
                { device.workList(null, "no cursor") },
                { device.dismiss("\u0000") },
                { device.discardPhoto("ab") },
                { device.report(cigarette().copy(category = "x".repeat(10_000)), by()) },
                { device.report(cigarette().copy(photos = listOf("no hash")), by()) },
                { device.enrolRequest("https://example.com", "label") },
                { device.importPhoto("/nowhere/at all") },
            )
            for (call in wrong) assertThrows<RedVestException.Input> { call() }
            assertThrows<RedVestException.Missing> { device.ticket("0198c1a2-7e56-7000-8000-000000000000") }
            assertThrows<RedVestException.Law> { device.report(cigarette().copy(pin = Position(2_000_000_000, 0)), by()) }
            assertEquals(0uL, device.home().eventsWaiting)
            device.shutDown()
        }
    }

    @Test
    fun aVaultThatFailsLeavesTheStoreUsable() {
        val broken = AtomicInteger(0)
        val sound = fileVault(File(temporary, "vault").path)
        val vault = object : KeyVault {
            override fun load(): ByteArray? = when (broken.get()) {
                0 -> sound.load()
                1 -> throw VaultException.Unavailable("locked")
                else -> throw IllegalStateException("a fault of the app's")
            }

            override fun save(secrets: ByteArray) = if (broken.get() == 0) sound.save(secrets) else error("not now")
        }
        World().use { world ->
            val code = world.invite("li")
            val device = open(vault)
            for (fault in 1..2) {
                broken.set(fault)
                val error = assertThrows<RedVestException.Enrolment> { device.enrolRequest(code, "phone") }
                assertTrue(error.retry && error.zh.isNotBlank() && error.en.isNotBlank())
            }
            device.saveDraft(device.newDraft())
            broken.set(0)
            device.enrolReply(code, send(device.enrolRequest(code, "phone")))
            assertNull(device.syncNow().failure)
            assertEquals(1, device.drafts().size)
            device.shutDown()
        }
    }

    @Test
    fun textsThatHurtComeBackAsTheyWere() {
        World().use { world ->
            val (li, wang) = world.phone("li") to world.phone("wang")
            li.syncNow()
            wang.syncNow()
            val texts = listOf(
                "👩‍👩‍👧‍👦🧹 é́", "\u202Eمرحبا‏ שלום", "before\u0000after",
                "字".repeat(3_400), "line\r\n\t\"'\\/line", "\uFEFF x",
            )
            val tickets = texts.map { li.report(cigarette(), by(it)).ticket }
            assertNull(li.syncNow().failure)
            assertNull(wang.syncNow().failure)
            for ((ticket, text) in tickets zip texts) for (device in listOf(li, wang)) {
                val words = checkNotNull(device.ticket(ticket).history.first().words)
                assertArrayEquals(text.toByteArray(), words.toByteArray())
            }
            assertEquals(world.digests(li.account()!!.device), li.digest().associate { it.key to it.digest })
            li.shutDown()
            wang.shutDown()
        }
    }

    @Test
    fun changesAreToldAtMostTenTimesASecondAndTheLastOneAlways() {
        val device = open()
        val seen = AtomicInteger()
        val heard = mutableListOf<Long>()
        val last = CountDownLatch(1)
        device.listen(object : ChangeListener {
            override fun changed() {
                synchronized(heard) { heard += System.nanoTime() }
                seen.set(device.drafts().size)
                if (seen.get() == DRAFTS) last.countDown()
            }
        })
        repeat(DRAFTS) { device.saveDraft(device.newDraft()) }
        assertTrue(last.await(10, TimeUnit.SECONDS))
        device.shutDown()
        // Beginnings are told apart; how soon a thread gets to run is the machine's, so one of the waits may be short.
        val waits = synchronized(heard) { heard.size - 1 to (heard.last() - heard.first()) / 1_000_000 }
        assertTrue(waits.second >= (waits.first - 1) * 100, "${waits.first} waits in ${waits.second} ms")
    }

    @Test
    fun eightThreadsAtOnceGetAlongTogether() {
        val device = open()
        val pool = Executors.newFixedThreadPool(8)
        val work = List(8) {
            pool.submit {
                repeat(25) {
                    val draft = device.newDraft()
                    device.saveDraft(draft.copy(words = "by ${Thread.currentThread().name}"))
                    device.home()
                    assertTrue(device.drafts().any { it.id == draft.id })
                    device.discardDraft(draft.id)
                }
            }
        }
        work.forEach { it.get(60, TimeUnit.SECONDS) }
        pool.shutdown()
        assertEquals(emptyList<Draft>(), device.drafts())
        // Closing in the middle is an error for who still calls, and nothing worse.
        val ended = AtomicReference<Throwable>()
        val calling = thread { ended.set(runCatching { while (true) device.home() }.exceptionOrNull()) }
        device.shutDown()
        calling.join(10_000)
        assertTrue(ended.get() is RedVestException.Closed, "${ended.get()}")
    }

    private companion object {
        const val DRAFTS = 60
    }
}
