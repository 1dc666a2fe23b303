package cn.redvest.sdk

import cn.redvest.core.BootClock
import cn.redvest.core.ChangeListener
import cn.redvest.core.Device
import cn.redvest.core.HttpReply
import cn.redvest.core.HttpRequest
import cn.redvest.core.KeyVault
import cn.redvest.core.SessionOptions
import cn.redvest.core.Summary
import cn.redvest.core.TicketId
import java.io.File
import java.io.FileOutputStream
import java.nio.file.Files
import java.nio.file.StandardCopyOption
import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.withContext

/**
 * RedVest for an app: one open data folder, what its user does and sees, and its syncs.
 *
 * Open it once for the process and keep it. Every function is safe from any thread and may be called from the main
 * thread: the disk is only touched on a dispatcher of its own. An action that returned is durable. Errors are
 * [RedVestFailure]s.
 */
public class RedVest private constructor(
    private val device: Device,
    private val http: HubHttp,
    private val disk: CoroutineDispatcher,
) : AutoCloseable {
    private val changes = MutableStateFlow(0L)
    private val closed = AtomicBoolean()
    private val runner = SyncRunner(device, http, disk)

    /** Where syncing stands. */
    public val sync: StateFlow<SyncState> = runner.state

    /**
     * Asks or does something with the core on a thread for it, such as `ask { workList(null, null) }`. Cancelling the
     * caller does not undo what is being written.
     */
    public suspend fun <T> ask(block: Device.() -> T): T = withContext(disk) { seeing { device.block() } }

    /**
     * What [block] gives, now and again after every change of what it reads, as long as it is collected. Values that
     * are equal are told once, and a slow collector misses those in between. While the device is paused nothing is told;
     * when it is closed the flow ends.
     */
    public fun <T> watch(block: Device.() -> T): Flow<T> = flow {
        changes.takeWhile { it != CLOSED }.collect {
            val value = try {
                ask(block)
            } catch (failure: RedVestFailure.Closed) {
                // Resuming counts as a change, and closing ends the flow.
                return@collect
            }
            emit(value)
        }
    }.distinctUntilChanged()

    /**
     * Enrols this device with a one-time code, as scanned, opened or typed. [label] is what the office's list calls the
     * device, such as the phone's model. Asked again after a lost answer it costs nothing.
     */
    public suspend fun enrol(code: String, label: String) {
        val request = ask { enrolRequest(code, label) }
        val reply = call(request)
        ask { enrolReply(code, reply) }
    }

    /** Gives a device whose chain forked (`forked_chain`, after a restored backup) a new key and a new chain. */
    public suspend fun rekey(label: String) {
        val request = ask { rekeyRequest(label) }
        val reply = call(request)
        ask { rekeyReply(reply) }
    }

    /** Fetches the file that proves a ticket into [file], whole or not at all; `redvest verify` checks it. */
    public suspend fun evidence(ticket: TicketId, file: File) {
        val request = ask { evidenceRequest(ticket) }
        val reply = call(request)
        val bytes = ask { evidenceReply(reply) }
        withContext(disk) { replace(file, bytes) }
    }

    /**
     * Syncs with the hub and says what came of it; while a sync runs this waits for that one. A network or a hub that
     * does not work is no error: the summary says so and when to try again. By itself a sync does not begin before the
     * time that the last failure set: then this returns at once with the last summary. With [atOnce], for a user who
     * asks or for an urgent ticket, it begins nevertheless, unless the hub itself asked not to be called yet.
     *
     * Cancelling the caller leaves the sync running; [cancelSync] ends it.
     */
    public suspend fun sync(options: SessionOptions = syncOptions(), atOnce: Boolean = false): Summary =
        runner.run(options, atOnce)

    /** Ends a running sync as soon as its requests are cut off; nothing is lost, and the next one goes on from there. */
    public fun cancelSync(): Unit = runner.cancel()

    /** How the last syncs ended, also those of an earlier process. */
    public suspend fun history(): SyncHistory = ask { SyncHistory.of(sessions(), System.currentTimeMillis()) }

    /**
     * Gives up every lock and file until [resume], for a process that may be frozen while it holds none. Until then
     * everything else fails with [RedVestFailure.Closed].
     */
    public suspend fun pause(): Unit = ask { suspend() }

    /** Takes the files again after [pause]. */
    public suspend fun resume(): Unit = ask { resume() }

    /**
     * Ends a running sync, waits for running calls, and gives everything up; the folder can be opened again at once.
     * Closing twice is no fault. It may wait for the disk.
     */
    override fun close() {
        if (!closed.compareAndSet(false, true)) return
        runner.cancel()
        device.shutDown()
        changes.value = CLOSED
        device.destroy()
    }

    private suspend fun call(request: HttpRequest): HttpReply = seeing { http.call(request) }

    private fun changed() = changes.update { if (it == CLOSED) it else it + 1 }

    /** Opening. */
    public companion object {
        /** The version of this SDK. */
        public const val VERSION: String = "0.1.0"

        private const val CLOSED = -1L

        /** Threads that may wait for the disk at once. */
        private const val THREADS = 4

        /**
         * Opens the data folder, which is created if it is missing. The device's keys lie in [vault], its events and
         * photos in [folder], which no other app may read and no backup may copy.
         *
         * @param clock the platform's clock that counts on while the phone sleeps; on Android
         * `SystemClock.elapsedRealtime` and `Settings.Global.BOOT_COUNT`.
         */
        public suspend fun open(
            folder: File,
            vault: KeyVault,
            clock: BootClock? = null,
            http: HubHttp = HubHttp(),
        ): RedVest {
            val disk = Dispatchers.IO.limitedParallelism(THREADS)
            return withContext(disk) {
                seeing {
                    val opened = RedVest(Device.open(folder.path, vault, clock), http, disk)
                    opened.device.listen(object : ChangeListener {
                        override fun changed() = opened.changed()
                    })
                    opened
                }
            }
        }
    }
}

/** Writes a file durably beside its place first, so that it is there whole or not at all. */
private fun replace(file: File, bytes: ByteArray) {
    val folder = file.absoluteFile.parentFile
    val beside = File.createTempFile(file.name, ".part", folder)
    try {
        FileOutputStream(beside).use { to ->
            to.write(bytes)
            to.fd.sync()
        }
        Files.move(beside.toPath(), file.toPath(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE)
    } finally {
        beside.delete()
    }
}
