package cn.redvest.app.story

import java.io.File
import java.io.IOException
import java.io.RandomAccessFile

/** Bytes that are added to what fills a disk at a time: one page of memory. */
private const val PAGE = 4096

/** A small file system of its own over a folder, which can be filled up. Only root can make one, and not everywhere. */
class SmallDisk private constructor(private val folder: File) : AutoCloseable {
    private val ballast = File(folder, "ballast")

    /** Fills the disk but for about so many bytes. */
    fun fill(leave: Int = 0) {
        RandomAccessFile(ballast, "rw").use { file ->
            file.seek(file.length())
            try {
                while (true) file.write(ByteArray(PAGE))
            } catch (_: IOException) {
                file.setLength(maxOf(0, file.length() / PAGE * PAGE - leave))
            }
        }
    }

    /** The user makes room. */
    fun free() {
        check(ballast.delete()) { "it was full" }
    }

    override fun close() {
        // Lazily, since it is only a test's: whoever still has a file of it open keeps it until then.
        run("umount", "-l", folder.path)
    }

    companion object {
        /** Puts one over a folder; nothing where that cannot be done, which is said. */
        fun over(folder: File, kilobytes: Int): SmallDisk? {
            folder.mkdirs()
            if (run("mount", "-t", "tmpfs", "-o", "size=${kilobytes}k", "redvest-test", folder.path)) return SmallDisk(folder)
            println("SKIPPED: this user or this machine cannot mount a small disk, so nothing says what happens on a full one")
            return null
        }

        private fun run(vararg command: String): Boolean = try {
            ProcessBuilder(*command).redirectErrorStream(true).start().run {
                inputStream.readBytes()
                waitFor() == 0
            }
        } catch (_: IOException) {
            false
        }
    }
}
