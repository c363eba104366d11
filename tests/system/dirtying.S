# Says "ready" on the serial line, then writes to every page of 512 KiB for ever, and is deaf: at a migration speed of
# 1 MiB/s and with a downtime of 1 ms it never converges.
.include "serial.S"
.include "memory.S"

main:
    set_up
    movw $greeting, %si
    call print_text
again:
    movw $0x1000, %bx            # from 64 KiB
next_page:
    movw %bx, %es
    incw %es:0
    addw $0x100, %bx             # 4 KiB
    cmpw $0x9000, %bx            # to 576 KiB
    jb next_page
    have_writes_noticed
    jmp again
greeting: .asciz "\nready\n"

.org 510
.word 0xaa55
