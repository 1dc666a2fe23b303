package cn.redvest.app.home

import android.Manifest
import android.content.pm.PackageManager
import android.os.Build
import cn.redvest.app.MainActivity
import cn.redvest.app.background.DutyService
import cn.redvest.core.Home
import cn.redvest.core.NewsRow
import cn.redvest.core.Work
import cn.redvest.sdk.SyncState
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map

private data class Told(val home: Home, val refused: List<NewsRow>, val tooLate: List<NewsRow>, val rectifying: Int)

/** The first place: shows [HomeState] as it changes and does what the user asks for. */
class HomeTab(private val main: MainActivity) : HomeActs {
    private val duty = MutableStateFlow(main.app.settings.onDuty)

    /** Shows it until cancelled. */
    suspend fun follow() {
        val syncing = main.app.redVest().sync.map { it is SyncState.Running }.distinctUntilChanged()
        duty.value = main.app.settings.onDuty
        combine(main.watchWithTime { Told(home(), refused(), tooLate(), drafts().count { it.ticket != null }) }, syncing, duty) { (told, now), runs, onDuty ->
            HomeState(told.home, told.refused, told.tooLate, onDuty, runs, now, told.rectifying)
        }.distinctUntilChanged().collectLatest { state ->
            main.show(state.home, main.ui.homeBody(state, this), main.ui.reportButton(this))
        }
    }

    override fun report(): Unit = main.goReport()

    override fun drafts(): Unit = main.goDrafts()

    override fun open(ticket: String): Unit = main.goTicket(ticket)

    override fun dismiss(event: String): Unit = main.act { it.ask { dismiss(event) } }

    override fun duty(on: Boolean) {
        if (on && Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) askToNotify()
        DutyService.set(main, on)
        duty.value = on
    }

    /** Without this permission the shift works all the same, only its notice is not shown. */
    private fun askToNotify() {
        val notify = Manifest.permission.POST_NOTIFICATIONS
        if (main.checkSelfPermission(notify) != PackageManager.PERMISSION_GRANTED) main.requestPermissions(arrayOf(notify), 1)
    }

    override fun queue(): Unit = main.go(MainActivity.SYNC)

    override fun list(work: Work?): Unit = main.goList(work)
}
