package cn.redvest.app.story

import android.app.Activity
import android.content.ComponentName
import android.content.Intent
import android.content.res.Configuration
import android.os.Bundle
import android.view.View
import android.widget.EditText
import android.widget.TextView
import cn.redvest.app.looks.all
import cn.redvest.sdk.RedVest
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.job
import org.junit.Assert.assertTrue
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowLooper
import java.util.concurrent.locks.LockSupport

/** How long a test waits for something at most. */
private const val PATIENCE_MS = 30_000L

/** A user: looks at the screen in front, touches what stands there, and is patient. */
class Robot(private val app: TestApp) {
    private val screens = ArrayList<ActivityController<out Activity>>()

    /** The screen in front. */
    val screen: Activity get() = screens.last().get()

    /** Opens a screen as the launcher, a link or another screen does. */
    fun open(intent: Intent): Robot {
        val name = requireNotNull(intent.component ?: app.packageManager.resolveActivity(intent, 0)?.activityInfo?.let { ComponentName(it.packageName, it.name) })
        @Suppress("UNCHECKED_CAST")
        val kind = Class.forName(name.className) as Class<out Activity>
        if (screens.isNotEmpty()) screens.last().pause().stop()
        screens += Robolectric.buildActivity(kind, intent).setup()
        return this
    }

    /** Goes where the screen in front led to; a screen that ended is gone. */
    fun follow(): Robot {
        val next = await("another screen") { shadowOf(app).nextStartedActivity }
        if (screen.isFinishing) drop()
        return open(next)
    }

    /** Goes back to the screen below, with what the one in front answers. */
    fun back(request: Int? = null): Robot {
        val ended = shadowOf(screen)
        val (code, data) = ended.resultCode to ended.resultIntent
        screens.removeAt(screens.lastIndex).apply { pause().stop().destroy() }
        val below = screens.last()
        below.restart().start()
        if (request != null) answer(request, code, data)
        below.resume()
        return this
    }

    /** Hands the screen in front what it asked another one for. */
    @Suppress("DEPRECATION") // Its replacement is no part of the framework.
    fun answer(request: Int, code: Int, data: Intent?) = shadowOf(screen).callOnActivityResult(request, code, data)

    private fun drop() {
        screens.removeAt(screens.lastIndex).apply { pause().stop().destroy() }
    }

    /** Turns the phone. */
    fun rotate(): Robot {
        val turned = Configuration(screen.resources.configuration)
        turned.orientation = if (turned.orientation == Configuration.ORIENTATION_LANDSCAPE) Configuration.ORIENTATION_PORTRAIT else Configuration.ORIENTATION_LANDSCAPE
        screens.last().configurationChange(turned)
        return this
    }

    /** The system ends the process while the app is behind, and the user comes back to it. */
    fun kill(): Robot = killed { core { app.giveUp() } }

    /** The same while nothing is under way; something else happens before the user comes back. */
    fun killAtRest(meanwhile: () -> Unit): Robot = killed {
        rest()
        meanwhile()
    }

    private fun killed(end: () -> Unit): Robot {
        val kept = Bundle()
        val old = screens.removeAt(screens.lastIndex)
        val intent = old.get().intent
        old.pause().stop().saveInstanceState(kept).destroy()
        end()
        screens += Robolectric.buildActivity(old.get().javaClass, intent).setup(kept)
        return this
    }

    /** Waits for words on the screen. */
    fun see(words: String): View = await("“$words” on the screen, which says: ${said()}") { find(words) }

    /** Says that words are not on the screen. */
    fun misses(words: String): Robot {
        ShadowLooper.idleMainLooper()
        assertTrue("the screen says “$words”", find(words) == null)
        return this
    }

    /** Touches what says these words, or what it stands in; what says nothing else comes first. */
    fun tap(words: String): Robot {
        val target = await("“$words” that can be touched") {
            val touchable = views().filter { says(it, words) }.mapNotNull { said -> touchable(said)?.let { said to it } }
            (touchable.firstOrNull { saysJust(it.first, words) } ?: touchable.firstOrNull())?.second
        }
        assertTrue("“$words” answers a touch", target.performClick())
        ShadowLooper.idleMainLooper()
        return this
    }

    /** Touches the last of several that say these words. */
    fun tapLast(words: String): Robot {
        val target = await("“$words” that can be touched") { views().filter { says(it, words) }.mapNotNull(::touchable).lastOrNull() }
        assertTrue("“$words” answers a touch", target.performClick())
        ShadowLooper.idleMainLooper()
        return this
    }

    private fun touchable(view: View): View? {
        var here: View? = view
        while (here != null && !here.isClickable) here = here.parent as? View
        return here
    }

    private fun saysJust(view: View, words: String) =
        (view as? TextView)?.text?.toString() == words || view.contentDescription?.toString() == words

    /** Writes into the field with this name. */
    fun write(name: String, words: String): Robot {
        await("a field $name") { views().filterIsInstance<EditText>().find { it.contentDescription?.toString() == name } }.setText(words)
        ShadowLooper.idleMainLooper()
        return this
    }

    /** What stands in the field with this name. */
    fun written(name: String): String =
        await("a field $name") { views().filterIsInstance<EditText>().find { it.contentDescription?.toString() == name } }.text.toString()

    /** Everything that the screen says. */
    fun said(): String = views().mapNotNull { (it as? TextView)?.text?.takeIf(CharSequence::isNotBlank) }.joinToString(" | ")

    private fun find(words: String): View? = views().firstOrNull { says(it, words) }

    private fun says(view: View, words: String) =
        (view as? TextView)?.text?.contains(words) == true || view.contentDescription?.contains(words) == true

    private fun views(): List<View> = all(screen.window.decorView)

    /** Does something with the core on its own threads, and waits for it while the main thread goes on. */
    @OptIn(ExperimentalCoroutinesApi::class)
    fun <T> core(work: suspend (RedVest) -> T): T {
        val done = CoroutineScope(Dispatchers.Default).async { work(app.redVest()) }
        await("the core") { done.takeIf { it.isCompleted } }
        return done.getCompleted()
    }

    /** Ends the app. */
    fun end() {
        while (screens.isNotEmpty()) drop()
        rest()
    }

    /** Gives up the core. What no screen owns, such as the look that begins when the last one is left, may open it: that ends first. */
    private fun rest() {
        await("the end of what no screen owns") { true.takeIf { app.scope.coroutineContext.job.children.none() } }
        core { app.giveUp() }
    }

    /** Waits until there is something. */
    fun <T : Any> await(what: String, find: () -> T?): T {
        val end = System.nanoTime() + PATIENCE_MS * 1_000_000
        while (true) {
            ShadowLooper.idleMainLooper()
            find()?.let { return it }
            check(System.nanoTime() < end) { "waited in vain for $what; the screen says: ${if (screens.isEmpty()) "" else said()}" }
            // Other threads work meanwhile; the main looper is asked again right away.
            LockSupport.parkNanos(2_000_000)
        }
    }
}
