package cn.redvest.app.sync

import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.widget.Toast
import cn.redvest.app.MainActivity
import cn.redvest.app.R
import cn.redvest.app.enrol.EnrolActivity
import cn.redvest.core.Failure
import cn.redvest.core.Home
import cn.redvest.core.Queue
import cn.redvest.core.SessionRow
import cn.redvest.sdk.Network
import cn.redvest.sdk.SyncState as Syncing
import cn.redvest.sdk.syncOptions
import java.io.IOException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.withContext

private data class Told(val home: Home, val queue: Queue, val past: List<SessionRow>)

/** The place of syncing: shows [SyncState] as it changes and does what the user asks for. */
class SyncTab(private val main: MainActivity) : SyncActs {
    private val wifiOnly = MutableStateFlow(main.app.settings.wifiOnly)

    /** Shows it until cancelled. */
    suspend fun follow() {
        val told = main.watchWithTime { Told(home(), queue(), sessions()) }
        combine(told, main.app.redVest().sync, wifiOnly) { (it, now), syncing, wifi ->
            it.home to state(it, now, syncing, wifi)
        }.distinctUntilChanged().collectLatest { (home, state) ->
            main.show(home, main.ui.syncBody(state, this), main.ui.syncFoot(state, this))
        }
    }

    private fun state(told: Told, now: Long, syncing: Syncing, wifi: Boolean): SyncState {
        val network = main.app.network()
        val running = (syncing as? Syncing.Running)?.let { run ->
            val seconds = (now - run.startedMs) / 1000.0
            val speed = if (run.bytesUp > 0 && seconds > 0) (run.bytesUp / seconds).toLong() else null
            UnderWay(run.phase, run.done, speed)
        }
        return SyncState(
            queue = told.queue, past = told.past.dropWhile { running != null && it.ended == null }, running = running,
            failure = failure(told, syncing), lastSync = told.home.lastSync, wifiOnly = wifi,
            online = network != Network.NONE, unmetered = network == Network.UNMETERED, now = now,
        )
    }

    /** Why the last sync ended early: of this process, or else of the one before. */
    private fun failure(told: Told, syncing: Syncing): Failure? = when (syncing) {
        is Syncing.Over -> syncing.summary.failure
        is Syncing.Failed -> syncing.failure.let { Failure(it.code, it.zh, it.en, null) }
        else -> told.past.firstOrNull { it.ended != null }?.result?.failure
    }?.takeUnless { it.code == "cancelled" }

    override fun start(): Unit = main.act { core ->
        val originals = !main.app.settings.wifiOnly || main.app.network() == Network.UNMETERED
        core.sync(syncOptions(originals, reviewCopies = true), atOnce = true)
    }

    override fun stop(): Unit = main.act { it.cancelSync() }

    override fun wifiOnly(on: Boolean) {
        main.app.settings.wifiOnly = on
        wifiOnly.value = on
    }

    override fun diagnostic() {
        val intent = Intent(Intent.ACTION_CREATE_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE)
            .setType("application/json").putExtra(Intent.EXTRA_TITLE, "redvest-diagnostic.json")
        main.startActivityForResult(intent, SAVE)
    }

    /** Takes what the user chose as the file's place. */
    fun chosen(request: Int, result: Int, place: Uri?) {
        if (request != SAVE || result != Activity.RESULT_OK || place == null) return
        main.act { core ->
            val report = core.ask { diagnostic() }
            val saved = withContext(Dispatchers.IO) {
                try {
                    main.contentResolver.openOutputStream(place, "wt")?.use { it.write(report.toByteArray()) } != null
                } catch (_: IOException) {
                    false
                }
            }
            val words = if (saved) R.string.diagnostic_saved else R.string.went_wrong
            Toast.makeText(main, words, Toast.LENGTH_LONG).show()
        }
    }

    override fun enrol(): Unit = main.startActivity(Intent(main, EnrolActivity::class.java).putExtra(EnrolActivity.AGAIN, true))

    private companion object {
        const val SAVE = 21
    }
}
