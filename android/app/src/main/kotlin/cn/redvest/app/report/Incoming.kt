package cn.redvest.app.report

import cn.redvest.app.App
import cn.redvest.app.camera.Handover
import cn.redvest.core.Device
import cn.redvest.sdk.RedVestFailure
import java.io.File
import kotlinx.coroutines.sync.withLock

/**
 * Photos of a report or of an act on their way from a camera to the core. Each lies in a file until the core has it, so that
 * neither a full disk nor the end of the process costs one. [name] is what the process that comes next calls the form too,
 * nothing while it is not known; [awaited] is a file that another app may still be writing.
 */
internal class Incoming(private val app: App, private val awaited: () -> File?, private val name: () -> String?) {
    private val folder = File(app.noBackupFilesDir, Handover.FOLDER).apply { mkdirs() }

    /** A new place for a photo that is about to be taken; [kind] is found again in its name. */
    fun fileFor(kind: String): File = File(folder, "${name()}-$kind-${app.now()}.jpg")

    /** Those that the core does not have yet. What the end of the process left half written is none. */
    fun waiting(): List<File> = files().filter { it.extension == "jpg" && it != awaited() }.sorted()

    private fun files(): List<File> {
        val name = name() ?: return emptyList()
        return folder.listFiles().orEmpty().filter { it.name.startsWith("$name-") }
    }

    /**
     * Takes a photo in: when this returns the core has it, and [keep] was told of it. When it fails the photo waits in its
     * file, unless it is no photo and never will be. Nothing comes of what somebody else took in meanwhile.
     */
    suspend fun take(file: File, keep: suspend (Shot) -> Unit): Unit = app.taking.withLock {
        if (!file.exists()) return@withLock
        val photo = try {
            app.redVest().ask { importPhoto(file.path) }
        } catch (failure: RedVestFailure.Input) {
            if (failure.code != UNREADABLE) file.delete()
            throw failure
        }
        keep(Shot(photo.hash, photo.thumbnail))
        file.delete()
    }

    /** Deletes what is left, half photos too. */
    fun clear(): Unit = files().forEach { it.delete() }

    companion object {
        /** The core's code for a file that may be read later. */
        const val UNREADABLE = "unreadable_file"
    }
}

/** The photos of a draft, which are on no ticket yet. */
internal fun Device.shots(hashes: List<String>): List<Shot> {
    if (hashes.isEmpty()) return emptyList()
    val paths = unboundPhotos().associate { it.hash to it.thumbnail }
    return hashes.map { Shot(it, paths[it]) }
}
