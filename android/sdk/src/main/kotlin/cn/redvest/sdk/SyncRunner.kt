package cn.redvest.sdk

import cn.redvest.core.Device
import cn.redvest.core.HttpReply
import cn.redvest.core.HttpRequest
import cn.redvest.core.NetFailure
import cn.redvest.core.Phase
import cn.redvest.core.SessionOptions
import cn.redvest.core.Summary
import cn.redvest.core.SyncStep
import java.util.concurrent.atomic.AtomicLong
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.job
import kotlinx.coroutines.launch

/**
 * Drives syncs, one at a time: the core says what to send, [HubHttp] sends it, up to four requests at once. A sync
 * belongs to nobody who waits for it, so that a screen that goes away does not end it.
 */
internal class SyncRunner(private val device: Device, private val http: HubHttp, disk: CoroutineDispatcher) {
    /** A sync that runs: what it comes to, and what ends it. */
    private class Run(val over: CompletableDeferred<Result<Summary>>, val stop: Job)

    private val scope = CoroutineScope(SupervisorJob() + disk)
    private val mutable = MutableStateFlow<SyncState>(SyncState.Idle)
    private val lock = Any()
    private var running: Run? = null

    /** Where it stands. */
    val state: StateFlow<SyncState> = mutable.asStateFlow()

    /** Joins the sync that runs, or begins one. */
    suspend fun run(options: SessionOptions, atOnce: Boolean): Summary {
        val run = synchronized(lock) { running ?: begin(options, atOnce) }
        return run.over.await().getOrThrow()
    }

    /** Ends the sync that runs. */
    fun cancel() {
        synchronized(lock) { running }?.stop?.cancel()
    }

    private fun begin(options: SessionOptions, atOnce: Boolean): Run {
        val run = Run(CompletableDeferred(), SupervisorJob())
        running = run
        scope.launch {
            val result = runCatching { seeing { whole(options, atOnce, run.stop) } }
            // Whoever hears that it is over may begin the next one.
            synchronized(lock) { running = null }
            result.onSuccess { mutable.value = SyncState.Over(it) }
            result.onFailure { if (it is RedVestFailure) mutable.value = SyncState.Failed(it) }
            run.stop.cancel()
            run.over.complete(result)
        }
        return run
    }

    private suspend fun whole(options: SessionOptions, atOnce: Boolean, stop: Job): Summary {
        val now = System.currentTimeMillis()
        val sessions = device.sessions()
        val history = SyncHistory.of(sessions, now)
        val last = sessions.firstOrNull { it.ended == history.endedMs }?.result
        if (now < history.allowedFrom(atOnce) && last != null) return last
        return drive(options.copy(failures = history.failures.toUInt()), now, stop)
    }

    private suspend fun drive(options: SessionOptions, startedMs: Long, stop: Job): Summary = coroutineScope {
        val meter = Meter(startedMs)
        val calls = CoroutineScope(coroutineContext + SupervisorJob(coroutineContext.job))
        val stopping = stop.invokeOnCompletion { calls.cancel() }
        val outcomes = Channel<Outcome>(Channel.UNLIMITED)
        val session = device.beginSync(options)
        try {
            while (true) {
                when (val step = session.next()) {
                    // Undispatched, because then it also runs, and tells, when the sync was stopped before.
                    is SyncStep.Send -> calls.launch(start = CoroutineStart.UNDISPATCHED) {
                        outcomes.trySend(outcome(step.request, meter))
                    }
                    SyncStep.Await -> {
                        val (id, reply, failure) = outcomes.receive()
                        if (reply != null) session.feed(id, reply) else session.fail(id, failure ?: NetFailure.BROKEN)
                        val (phase, done) = session.progress()
                        meter.told(phase, done)
                    }
                    is SyncStep.Done -> return@coroutineScope step.summary
                }
            }
            @Suppress("UNREACHABLE_CODE")
            error("the loop ends by returning")
        } finally {
            stopping.dispose()
            calls.cancel()
            session.cancel()
            session.destroy()
        }
    }

    private data class Outcome(val id: ULong, val reply: HttpReply?, val failure: NetFailure?)

    private suspend fun outcome(request: HttpRequest, meter: Meter): Outcome = try {
        Outcome(request.id, http.call(request, meter), null)
    } catch (lost: NoReply) {
        Outcome(request.id, null, lost.failure)
    } catch (_: CancellationException) {
        Outcome(request.id, null, NetFailure.CANCELLED)
    }

    /** Counts what moves, and tells it. */
    private inner class Meter(private val startedMs: Long) : Moved {
        private val up = AtomicLong()
        private val down = AtomicLong()

        init {
            told(Phase.PUSH, NOTHING_DONE)
        }

        override fun moved(up: Long, down: Long) {
            val bytesUp = this.up.addAndGet(up)
            val bytesDown = this.down.addAndGet(down)
            mutable.update { if (it is SyncState.Running) it.copy(bytesUp = bytesUp, bytesDown = bytesDown) else it }
        }

        fun told(phase: Phase, done: Summary) {
            mutable.value = SyncState.Running(phase, done, up.get(), down.get(), startedMs)
        }
    }
}

/** What a sync has done that just began. */
private val NOTHING_DONE = Summary(
    accepted = 0u,
    refused = 0u,
    tooLate = 0u,
    relayed = 0u,
    pages = 0u,
    changed = 0u,
    differing = 0u,
    sent = 0u,
    sentBytes = 0uL,
    fetched = 0u,
    postponed = 0u,
    failure = null,
    retryAt = null,
)
