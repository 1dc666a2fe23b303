package cn.redvest.app

import android.app.Activity
import android.os.Bundle
import cn.redvest.app.ui.Ui
import cn.redvest.core.Device
import cn.redvest.sdk.RedVest
import cn.redvest.sdk.RedVestFailure
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch

/** How often what a screen says about time is said anew, in ms. */
private const val TICK = 30_000L

/** What all screens do alike: they follow the core while they are shown, and say what went wrong. */
abstract class Page : Activity() {
    /** The look of this screen. */
    val ui: Ui by lazy { Ui(this) }

    /** The process. */
    val app: App get() = application as App

    /** Work that ends with this screen. */
    protected val scope: CoroutineScope = MainScope()

    private var following: Job? = null

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    override fun onStart() {
        super.onStart()
        following = scope.launch { seeing { follow() } }
    }

    override fun onStop() {
        following?.cancel()
        super.onStop()
    }

    /** Shows what there is, and again whenever it changes, until it is cancelled when the screen is left. */
    protected abstract suspend fun follow()

    /** Says what went wrong, in a place that suits the screen. */
    abstract fun failed(failure: RedVestFailure)

    /** Begins to follow anew, for a screen that now shows something else. */
    protected fun followAnew() {
        if (following == null) return
        following?.cancel()
        following = scope.launch { seeing { follow() } }
    }

    /** Does something at the user's wish; what goes wrong is said by [failed]. */
    fun act(work: suspend (RedVest) -> Unit) {
        doing(work)
    }

    /** The same, to be given up when it is no longer wanted. */
    fun doing(work: suspend (RedVest) -> Unit): Job = scope.launch { seeing { work(app.redVest()) } }

    private suspend fun seeing(work: suspend () -> Unit) {
        try {
            work()
        } catch (failure: RedVestFailure) {
            failed(failure)
        }
    }

    /** What the core says, now and after every change. */
    fun <T> watch(block: Device.() -> T): Flow<T> = flow { emitAll(app.redVest().watch(block)) }

    /** What the core says and the time that it is said at, at least twice a minute. */
    fun <T> watchWithTime(block: Device.() -> T): Flow<Pair<T, Long>> =
        combine(watch(block), ticks()) { value, _ -> value to app.now() }

    private fun ticks(): Flow<Unit> = flow {
        while (true) {
            emit(Unit)
            delay(TICK)
        }
    }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        title = getString(R.string.app_name)
    }
}
