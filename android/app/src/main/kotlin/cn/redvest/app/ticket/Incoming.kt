package cn.redvest.app.ticket

import cn.redvest.app.App
import cn.redvest.app.camera.Handover
import cn.redvest.app.report.Shot
import cn.redvest.core.Act
import cn.redvest.sdk.RedVestFailure
import java.io.File
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/**
 * Photos of an act's form on their way from a camera to the core. Each lies in a file until the core has it, so that neither
 * a full disk nor the end of the process costs one. [awaited] is a file that another app may still be writing.
 */
internal class Incoming(private val app: App, ticket: String, act: Act, private val awaited: () -> File?) {
    private val folder = File(app.noBackupFilesDir, Handover.FOLDER).apply { mkdirs() }

    /** It names the act and the ticket, which the process that comes next knows too. */
    private val name = "$act-$ticket-"

    /** A new place for a photo that is about to be taken. */
    fun fileFor(): File = File(folder, "$name${app.now()}.jpg")

    /** Those that the core does not have yet. */
    fun waiting(): List<File> = folder.listFiles().orEmpty().filter { it.name.startsWith(name) && it != awaited() }.sorted()

    /**
     * Takes a photo in: when this returns the core has it, and [keep] was told of it. When it fails the photo waits in its
     * file. Nothing comes of what somebody else took in meanwhile.
     */
    suspend fun take(file: File, keep: suspend (Shot) -> Unit): Unit = TURN.withLock {
        if (!file.exists()) return@withLock
        val photo = try {
            app.redVest().ask { importPhoto(file.path) }
        } catch (failure: RedVestFailure.Input) {
            // It is no photo and never will be.
            if (failure.code != "unreadable_file") file.delete()
            throw failure
        }
        keep(Shot(photo.hash, photo.thumbnail))
        file.delete()
    }

    /** Deletes what is left. */
    fun clear(): Unit = waiting().forEach { it.delete() }

    private companion object {
        val TURN = Mutex()
    }
}
